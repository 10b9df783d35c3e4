from __future__ import annotations

import llama_cpp as llama
import pytest

from tutor.llm.host.processor import without_amx


@pytest.mark.parametrize(
    ("said", "kept"), [(b"CPU : AVX2 = 1 | AMX_INT8 = 1 | ", False), (b"CPU : AVX2 = 1 | ", True)]
)
def test_weights_are_not_laid_out_for_amx(
    said: bytes, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama, "llama_print_system_info", lambda: said)
    params = llama.llama_model_default_params()
    assert params.use_extra_bufts
    assert bool(without_amx(params).use_extra_bufts) is kept
