"""The worker process: llama.cpp, one set of weights, two contexts on them. The only modules that import llama_cpp."""

from __future__ import annotations

import ctypes

import llama_cpp as llama

from tutor.llm.host.loading import load, log


def main() -> None:
    """Serve the parent through the pipe that was standard output, until standard input ends."""
    from tutor.llm.worker import serve, take_pipes

    requests, replies = take_pipes()
    llama.llama_log_set(log, ctypes.c_void_p(0))
    llama.llama_backend_init()
    serve(load, requests, replies)
