"""A Hugging Face Hub on this machine: the endpoint that knows the files, and the store that holds them."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_RESOLVE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)")


@dataclass
class LocalHub:
    """One repository, `owner/repo`, with `files` on `main`. The rest are the faults it can be told to have."""

    files: dict[str, bytes] = field(default_factory=dict)
    gated: bool = False
    down: bool = False
    etag: str | None = None
    cuts: list[int] = field(default_factory=list)
    deaf_to_range: bool = False
    hold_after: int | None = None
    ranges: list[str | None] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    store_tokens: list[str | None] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    store_url: str = ""

    def commit(self) -> str:
        return hashlib.sha1(b"".join(self.files.values())).hexdigest()


class Quiet(BaseHTTPRequestHandler):
    hub: LocalHub

    def log_message(self, format: str, *args: Any) -> None:
        return

    def refuse(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Endpoint(Quiet):
    def do_HEAD(self) -> None:
        self.resolve()

    def do_GET(self) -> None:
        self.resolve()

    def resolve(self) -> None:
        hub = self.hub
        hub.tokens.append(self.headers.get("Authorization"))
        match = _RESOLVE.fullmatch(self.path)
        if hub.down:
            return self.refuse(503)
        if hub.gated:
            return self.refuse(401, X_Error_Code="GatedRepo")
        if not match or match[1] != "owner/repo":
            return self.refuse(404, X_Error_Code="RepoNotFound")
        if match[2] not in ("main", hub.commit()):
            return self.refuse(404, X_Error_Code="RevisionNotFound")
        if match[3] not in hub.files:
            return self.refuse(404, X_Error_Code="EntryNotFound")
        data = hub.files[match[3]]
        return self.refuse(
            302,
            Location=f"{hub.store_url}/{match[3]}",
            X_Repo_Commit=hub.commit(),
            X_Linked_Etag=f'"{hub.etag or hashlib.sha256(data).hexdigest()}"',
            X_Linked_Size=str(len(data)),
        )


class Store(Quiet):
    def do_GET(self) -> None:
        hub = self.hub
        hub.store_tokens.append(self.headers.get("Authorization"))
        wanted = self.headers.get("Range")
        hub.ranges.append(wanted)
        data = hub.files[self.path.strip("/")]
        start = 0
        if wanted and not hub.deaf_to_range:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                return self.refuse(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.send_body(data[start:])
        return None

    def send_body(self, data: bytes) -> None:
        hub = self.hub
        if hub.hold_after is not None:
            self.wfile.write(data[: hub.hold_after])
            self.wfile.flush()
            hub.reached.set()
            hub.release.wait(30)
            data = data[hub.hold_after :]
        if hub.cuts:
            data = data[: hub.cuts.pop(0)]
        self.wfile.write(data)
        self.close_connection = True


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        return


@contextmanager
def listening(handler: type[Quiet], hub: LocalHub) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), type(handler.__name__, (handler,), {"hub": hub}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        hub.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(hub: LocalHub) -> Iterator[LocalHub]:
    with ExitStack() as stack:
        hub.store_url = stack.enter_context(listening(Store, hub))
        hub.url = stack.enter_context(listening(Endpoint, hub))
        yield hub
