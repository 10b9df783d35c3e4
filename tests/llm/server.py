"""A real server for the remote client: the one that llama-cpp-python ships, in a process of its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEP, PATIENCE = 0.05, 60.0  # seconds
NAME = "smollm2-135m"
"""What it calls its model."""


@contextlib.contextmanager
def served(model: Path, log: Path, *, n_ctx: int = 2048, logprobs: bool = True) -> Iterator[str]:
    """The base URL of a server of `model`, until the block ends; what it prints goes to `log`.

    `logprobs`: whether it can give any.
    """
    port = _free_port()
    settings = {
        "model": str(model),
        "model_alias": NAME,
        "host": "127.0.0.1",
        "port": str(port),
        "n_ctx": str(n_ctx),
        "n_threads": "1",
        "n_threads_batch": "1",  # two of them wait for each other beside a busy program
        "logits_all": str(logprobs).lower(),
        "interrupt_requests": "false",  # by default a request breaks off the one before it
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.llm.no_amx", *options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}/v1"
        _wait(url, process, log)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers. No proxy of the environment stands in between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            opener.open(f"{url}/models", timeout=5).close()
            return
        time.sleep(STEP)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
