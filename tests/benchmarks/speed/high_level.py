"""llama-cpp-python's own chat completions, constrained to JSON: what grading is compared with.

A process of its own: `python -m tests.benchmarks.speed.high_level MODEL N_CTX N_BATCH THREADS`. Each line on its input is one
request, {"talks", "reuse"}: complete each talk; without `reuse` each from a clean state.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from llama_cpp import Llama

from tests.benchmarks.speed.child import Reply, serve, take_output
from tests.llm.no_amx import keep_from_amx

FORMAT = {
    "type": "json_object",
    "schema": {
        "type": "object",
        "properties": {"met": {"type": "boolean"}},
        "required": ["met"],
        "additionalProperties": False,
    },
}
LONGEST = 24  # tokens; the object and the white space that its grammar allows


class Judge:
    """The library's high-level class, at what it does best on two cores."""

    def __init__(self, path: str, n_ctx: int, n_batch: int, threads: int) -> None:
        self._llama: Any = Llama(
            path,
            n_ctx=n_ctx,
            n_batch=n_batch,
            n_ubatch=n_batch,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )

    def judge(self, request: Reply) -> Reply:
        """`seconds` for all talks together, and what `met` each came to."""
        met = []
        began = time.perf_counter()
        for talk in request["talks"]:
            if not request["reuse"]:
                self._llama.reset()
            reply = self._llama.create_chat_completion(
                messages=talk, response_format=FORMAT, temperature=0.0, max_tokens=LONGEST
            )
            met.append(reply["choices"][0]["message"]["content"])
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "met": [bool(json.loads(text)["met"]) for text in met]}


def main() -> None:
    keep_from_amx()
    replies = take_output()
    path, n_ctx, n_batch, threads = sys.argv[1:]
    serve(Judge(path, int(n_ctx), int(n_batch), int(threads)).judge, replies)


if __name__ == "__main__":
    main()
