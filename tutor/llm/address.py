"""Where a model runs when not on this machine's disk: the address of a server, and which of its models."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from tutor.llm.one_line import one_line
from tutor.llm.protocol import BadModel

DEFAULT_PATH = "/v1"
"""Where OpenAI-compatible servers answer; taken when the address names no path."""

_HOW = "write it as http://HOST:PORT/v1#MODEL"


class BadAddress(BadModel):
    """It begins like a server's address and is none; the message is one line that says what to do."""


@dataclass(frozen=True)
class RemoteAddress:
    """`base_url` has no slash at its end; `model` is the server's name for it, None for its only one."""

    base_url: str
    model: str | None = None

    @property
    def host(self) -> str:
        """Its host name, or number, as it is written."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def server(self) -> str:
        """Host and port, for a message."""
        return one_line(urlsplit(self.base_url).netloc)

    @property
    def encrypted(self) -> bool:
        return self.base_url.startswith("https:")

    @property
    def leaves_this_machine(self) -> bool:
        """Whether what is sent there goes over a network."""
        host = self.host.partition("%")[0]
        if host == "localhost" or host.endswith(".localhost"):
            return False
        try:
            return not ipaddress.ip_address(host).is_loopback
        except ValueError:
            return True

    @property
    def stem(self) -> str:
        """What a learner calls it, short: the model without folders, and the host."""
        if self.model is None:
            return self.host
        return f"{model_stem(self.model)} @ {self.host}"

    def __str__(self) -> str:
        return self.base_url if self.model is None else f"{self.base_url}#{self.model}"


ModelPlace = Path | RemoteAddress
"""A file on this machine, or a model of a server."""


def to_load(place: ModelPlace) -> Path | str:
    """What the client of this place is asked to load."""
    return place if isinstance(place, Path) else place.model or ""


def parse_address(text: str) -> RemoteAddress | None:
    """The server and model that `text` names; None where it is no http(s) address at all. Raises BadAddress."""
    written = text.strip()
    if not written.lower().startswith(("http://", "https://")):
        return None
    url, _, model = written.partition("#")
    shown = one_line(url)
    if not written.isprintable() or " " in url or "\\" in url:
        raise BadAddress(f"{shown!r} is no address of a server: {_HOW}")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port == 0:
        raise BadAddress(f"{shown!r} is no address of a server: {_HOW}")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("an address must hold no password: put the key into TUTOR_API_KEY")
    if parts.query:
        raise BadAddress(f"{shown!r} has a question mark: {_HOW}")
    return RemoteAddress(_base(parts, host, port), model.strip() or None)


def model_stem(name: str) -> str:
    """A server's name for a model without the folders, or the organisation, in front of it."""
    return re.split(r"[/\\]", name.rstrip("/"))[-1].removesuffix(".gguf") or name


def _base(parts: SplitResult, host: str, port: int | None) -> str:
    written = f"[{host}]" if ":" in host else host
    where = written if port is None else f"{written}:{port}"
    return f"{parts.scheme.lower()}://{where}{parts.path.rstrip('/') or DEFAULT_PATH}"
