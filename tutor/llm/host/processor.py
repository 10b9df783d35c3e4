"""What llama.cpp must not use of this processor."""

from __future__ import annotations

from typing import Any

import llama_cpp as llama


def without_amx(params: Any) -> Any:
    """The model parameters with the weights in their plain layout, where llama.cpp was built for AMX.

    GCC 12 drops half of the tile configuration that llama.cpp writes (its `_tile_loadconfig` names eight bytes of input),
    and the first product of matrices is a general protection fault. Which compiler built the library can't be seen here.
    """
    if b"AMX_INT8 = 1" in llama.llama_print_system_info():
        params.use_extra_bufts = False
    return params
