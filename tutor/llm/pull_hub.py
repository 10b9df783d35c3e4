"""Pulls a file of a Hugging Face repository, going on at the byte where an earlier pull ended."""

from __future__ import annotations

import asyncio
import os
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from msgspec import Struct

from tutor.llm.catalog import HubFile
from tutor.llm.partial import Partial
from tutor.llm.transfer import CHUNK, Meter, SourceFailed, abandonable, in_thread

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

RETRY_PAUSE = 1.0
"""Seconds before a cut transfer is taken up again."""

_ATTEMPTS = 4
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HUB = "https://huggingface.co"
_PULL_AGAIN = "pull again; what has arrived is kept"


class HubFacts(Struct, frozen=True, kw_only=True):
    """What the Hub says of a file: its length in bytes, its SHA-256, and where that very content is."""

    bytes: int
    sha256: str
    url: str
    headers: dict[str, str]


async def hub_facts(source: HubFile) -> HubFacts:
    """Ask the Hub (`HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE` hold). Raises SourceFailed."""
    return await abandonable(lambda: _ask(source))


async def fetch_hub(source: HubFile, facts: HubFacts, partial: Partial, meter: Meter) -> None:
    """Fill `partial` with the file that `facts` describe. Raises SourceFailed."""
    from huggingface_hub.utils import get_async_session  # type: ignore[attr-defined]

    await in_thread(lambda tick: partial.begin(facts.sha256))
    meter.parts = 1
    idle = 0
    async with await asyncio.to_thread(get_async_session) as session:
        while (before := partial.size()) < facts.bytes:
            reason = await _try_append(session, source, facts, partial, meter)
            idle = 0 if partial.size() > before else idle + 1
            if idle >= _ATTEMPTS:
                raise _unreachable(reason)
            if reason:
                await asyncio.sleep(RETRY_PAUSE)


def _ask(source: HubFile) -> HubFacts:
    # Set before the import that reads it: nobody is told what else is installed here, or asked about it.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import (  # type: ignore[attr-defined]
        HfHubHTTPError,
        HTTPError,
        OfflineModeIsEnabled,
    )
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "on", "yes", "true"):
        raise _offline()
    endpoint = _endpoint()
    headers = build_hf_headers(library_name="llm-tutor")
    url = hf_hub_url(source.repo, source.file, revision=source.revision, endpoint=endpoint)
    try:
        found = get_hf_file_metadata(url, headers=headers, endpoint=endpoint)
    except OfflineModeIsEnabled:
        raise _offline() from None
    except HfHubHTTPError as error:
        raise _refused(source, error) from None
    except (HTTPError, OSError) as error:
        raise _unreachable(type(error).__name__) from None
    if not found.size or not _SHA256.fullmatch(found.etag or ""):
        raise SourceFailed(
            f"the Hub gives no sum for {source.file}", "choose another model", "missing"
        )
    # The address of a commit names one content for good: what is taken up again can't have changed meanwhile.
    pinned = hf_hub_url(
        source.repo, source.file, revision=found.commit_hash or source.revision, endpoint=endpoint
    )
    return HubFacts(
        bytes=found.size,
        sha256=str(found.etag),
        url=pinned,
        headers=headers | {"Accept-Encoding": "identity"},
    )


async def _try_append(
    session: Any, source: HubFile, facts: HubFacts, partial: Partial, meter: Meter
) -> str:
    """Add what one request gives; why it broke off, or nothing. Raises SourceFailed where asking again is no use."""
    from huggingface_hub.errors import (  # type: ignore[attr-defined]
        HfHubHTTPError,
        HTTPError,
        OfflineModeIsEnabled,
    )

    try:
        await _append(session, facts, partial, meter)
    except OfflineModeIsEnabled:
        raise _offline() from None
    except HfHubHTTPError as error:
        if error.response.status_code < 500 and error.response.status_code not in (408, 429):
            raise _refused(source, error) from None
        return f"it answered {error.response.status_code}"
    except HTTPError as error:
        return type(error).__name__
    return ""


async def _append(session: Any, facts: HubFacts, partial: Partial, meter: Meter) -> None:
    from huggingface_hub import constants
    from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

    at = partial.size()
    headers = facts.headers | ({"Range": f"bytes={at}-"} if at else {})
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    async with session.stream("GET", facts.url, headers=headers, timeout=timeout) as response:
        if response.status_code == 416:
            partial.truncate()
            return
        if response.is_error:
            await response.aread()
        hf_raise_for_status(response)
        if at and not _goes_on(response, at, facts.bytes):
            partial.truncate()
            at = 0
            if response.status_code == 206:
                return
        await _write(response, at, facts, partial, meter)


async def _write(response: Any, at: int, facts: HubFacts, partial: Partial, meter: Meter) -> None:
    meter.report(at, now=True)
    pending = bytearray()
    with partial.path.open("ab") as file:
        try:
            async for chunk in response.aiter_bytes():
                at += len(chunk)
                if at > facts.bytes:
                    raise _too_much(facts)
                pending += chunk
                if len(pending) >= CHUNK:
                    whole, pending = bytes(pending), bytearray()
                    await _put(file, whole)
                meter.report(at)
        finally:
            file.write(pending)


async def _put(file: BinaryIO, data: bytes) -> None:
    await in_thread(lambda tick: file.write(data))


def _goes_on(response: Any, at: int, total: int) -> bool:
    """Whether the answer is the rest of the file from byte `at`."""
    wanted = f"bytes {at}-{total - 1}/{total}"
    return bool(response.status_code == 206 and response.headers.get("Content-Range", "") == wanted)


def _too_much(facts: HubFacts) -> SourceFailed:
    return SourceFailed(
        f"the Hub sent more than the {facts.bytes} bytes it promised", _PULL_AGAIN, "mismatch"
    )


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def _refused(source: HubFile, error: HfHubHTTPError) -> SourceFailed:
    from huggingface_hub.errors import (
        GatedRepoError,
        RemoteEntryNotFoundError,
        RevisionNotFoundError,
    )

    status = error.response.status_code
    if isinstance(error, GatedRepoError):
        page = f"{_endpoint() or _HUB}/{source.repo}"
        return SourceFailed(
            f"{source.repo} is gated", f"accept its licence at {page} and set HF_TOKEN", "gated"
        )
    if isinstance(error, RemoteEntryNotFoundError | RevisionNotFoundError):
        what = f"{source.repo} has no {source.file} at {source.revision}"
        return SourceFailed(what, "update Tutor, its catalogue is out of date", "missing")
    if status in (401, 403, 404):
        return SourceFailed(
            f"{source.repo} is not on the Hub, or not open to you",
            "set HF_TOKEN if you have access",
            "gated",
        )
    return _unreachable(f"it answered {status}")


def _unreachable(reason: str) -> SourceFailed:
    host = (_endpoint() or _HUB).partition("://")[2]
    return SourceFailed(
        f"{host} can't be reached ({reason})",
        f"check the connection and {_PULL_AGAIN}",
        "unreachable",
    )


def _offline() -> SourceFailed:
    return SourceFailed(
        "HF_HUB_OFFLINE forbids the Hub", "unset HF_HUB_OFFLINE and pull again", "offline"
    )
