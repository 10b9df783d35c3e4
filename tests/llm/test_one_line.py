from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.engine import Refused
from tutor.llm.error_log import ERROR, ErrorLog
from tutor.llm.one_line import LONGEST, one_line


@given(st.text(max_size=500))
def test_whatever_comes_in_one_printable_line_comes_out(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= LONGEST


def test_escapes_and_line_ends_are_taken_out_and_words_stay() -> None:
    assert one_line("bad\x1b[2J file:\r\n\t한글\u202e\x00 ") == "bad[2J file: 한글"


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert one_line("a" * 1000) == "a" * (LONGEST - 1) + "…"


def test_a_refusal_is_one_line_whatever_is_put_into_it() -> None:
    assert Refused("failed", "no\x1b\nway").message == "no way"


UNKNOWN = (
    "unknown model architecture: '[31m'; this llama.cpp does not know it, choose another model"
)
AGAIN = "; pull it again or choose another model"


@pytest.mark.parametrize(
    ("logged", "reason"),
    [
        (
            "llama_model_load: error loading model: unknown model architecture: '\x1b[31m'\n",
            UNKNOWN,
        ),
        (
            "llama_model_load: error loading model: error loading model hyperparameters: key not found",
            f"key not found{AGAIN}",
        ),
        (
            "llama_model_load: error loading model: check_tensor_dims: tensor 'a.b' not found",
            f"tensor 'a.b' not found{AGAIN}",
        ),
        ("gguf_init: tensor 'x: y' is odd", f"tensor 'x: y' is odd{AGAIN}"),
    ],
)
def test_the_first_error_of_a_row_is_the_reason(logged: str, reason: str) -> None:
    log = ErrorLog()
    log.note(2, "llama_model_loader: loaded meta data, no error")
    log.note(3, "load: special tokens look odd: error")
    log.note(ERROR, logged)
    log.note(ERROR, "llama_load_model_from_file: failed to load model, error\n")
    assert log.reason() == reason


def test_without_an_error_there_is_no_reason() -> None:
    log = ErrorLog()
    log.note(ERROR, "it: error")
    log.clear()
    assert log.reason() == f"it gave no reason{AGAIN}"
