"""Programs that stand where the worker should be. Run as `python -m tests.llm.fake_worker KIND`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.llm.fake_engine import FakeModel
from tutor.llm.engine import Report
from tutor.llm.stop_flag import StopFlag
from tutor.llm.wire import LENGTH, VERSION, Done, Hello, Load, frame, read_body
from tutor.llm.worker import serve, take_pipes

HELLO = frame(Hello(version=VERSION, pid=1))
GARBAGE = {
    "text": b"Segmentation fault, core dumped\n",
    "no-messagepack": LENGTH.pack(4) + b"\xc1\xc1\xc1\xc1",
    "other-message": LENGTH.pack(1) + b"\x01",
    "not-hello": frame(Done(id=1)),
    "old-version": frame(Hello(version=VERSION + 1, pid=1)),
}


def speak(first: bytes, then: bytes = b"") -> None:
    """Write `first`; after a request, go on writing `then` for as long as somebody reads."""
    os.write(1, first)
    if read_body(sys.stdin.buffer) is not None:
        while then:
            os.write(1, then)


def noisy(request: Load, stop: StopFlag, report: Report) -> FakeModel:
    """What native code, a subprocess and a careless print do to standard output."""
    os.write(1, b"native\x00\xff says hello\n")
    print("python says hello", flush=True)
    subprocess.run([sys.executable, "-c", "print('a child says hello')"], check=True)
    return FakeModel(Path(request.path), request.n_ctx, stop)


def main(kind: str) -> None:
    if kind == "noisy":
        requests, replies = take_pipes()
        serve(noisy, requests, replies)
    elif kind == "silent":
        sys.stdin.buffer.read()
    elif kind == "deaf":
        os.write(1, HELLO)
        time.sleep(3600)
    elif kind.startswith("later-"):
        speak(HELLO, GARBAGE[kind.removeprefix("later-")])
    elif kind in GARBAGE:
        speak(GARBAGE[kind])


if __name__ == "__main__":
    main(sys.argv[1])
