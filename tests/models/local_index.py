"""A package index on this machine: serves wheels made up on the spot, and notes what was asked for."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def wheel_bytes(package: str, version: str, members: Mapping[str, bytes]) -> bytes:
    """A wheel with `members` beside its metadata."""
    info = f"{package.replace('-', '_')}-{version}.dist-info"
    files = dict(members)
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode()
    )
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]).encode()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


class LocalIndex:
    """`downloads`: the packages whose wheels were asked for. A package in `held` waits for `release`."""

    def __init__(self) -> None:
        self.wheels: dict[str, tuple[str, bytes]] = {}
        self.downloads: list[str] = []
        self.held: set[str] = set()
        self.reached = threading.Event()
        self.release = threading.Event()
        self.url = ""

    def put(self, package: str, version: str, members: Mapping[str, bytes]) -> None:
        file = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
        self.wheels[package] = (file, wheel_bytes(package, version, members))

    def answer(self, path: str) -> tuple[str, bytes] | None:
        kind, _, rest = path.strip("/").partition("/")
        if kind == "simple" and rest.strip("/") in self.wheels:
            file, _ = self.wheels[rest.strip("/")]
            return "text/html", f'<a href="/files/{file}">{file}</a>'.encode()
        for package, (file, data) in self.wheels.items():
            if kind == "files" and rest == file:
                self.downloads.append(package)
                if package in self.held:
                    self.reached.set()
                    self.release.wait(30)
                return "application/octet-stream", data
        return None


@contextmanager
def serving(index: LocalIndex) -> Iterator[LocalIndex]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = index.answer(self.path)
            kind, data = found or ("text/plain", b"not here")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    index.url = f"http://127.0.0.1:{server.server_port}/simple/"
    try:
        yield index
    finally:
        index.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
