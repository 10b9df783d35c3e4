"""llama-cpp-python's own server and class, kept from what crashes on some processors as the worker is.

`python -m tests.llm.no_amx OPTIONS` is `python -m llama_cpp.server OPTIONS`.
"""

from __future__ import annotations

import runpy
from typing import Any

from llama_cpp import llama_cpp as low

from tutor.llm.host.processor import without_amx


def keep_from_amx() -> None:
    """From now on in this process the library's defaults are without it."""
    defaults = low.llama_model_default_params

    def spared() -> Any:
        return without_amx(defaults())

    low.llama_model_default_params = spared


if __name__ == "__main__":
    keep_from_amx()
    runpy.run_module("llama_cpp.server", run_name="__main__")
