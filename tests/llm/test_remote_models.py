"""Which of a server's models is meant, and what is known of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.llm.seen import one_line
from tutor.grading.calibration import TOO_SMALL, UNFITTED, choose
from tutor.llm.address import RemoteAddress
from tutor.llm.protocol import BadModel, ModelError, NoModel, Unreachable
from tutor.llm.remote_models import Listed, info_of, parameters_in, pick, read_models

AT = RemoteAddress("http://gpu:8080/v1")


def listed(*names: str) -> list[Listed]:
    return [Listed(name) for name in names]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("qwen3:8b", "qwen3:8b"),
        ("llama3.2", "llama3.2:latest"),
        ("tiny", "/models/tiny.gguf"),
        ("TINY.gguf", "/models/tiny.gguf"),
        ("Qwen/Qwen3-8B-FP8", "Qwen/Qwen3-8B-FP8"),
    ],
)
def test_a_model_is_found_as_people_call_it(wanted: str, found: str) -> None:
    models = listed("qwen3:8b", "llama3.2:latest", "/models/tiny.gguf", "Qwen/Qwen3-8B-FP8")
    assert pick(models, wanted, AT).id == found


@pytest.mark.parametrize("wanted", [None, ""])
def test_the_only_one_needs_no_name(wanted: str | None) -> None:
    assert pick(listed("m"), wanted, AT).id == "m"


@pytest.mark.parametrize(
    ("models", "wanted", "error", "line"),
    [
        ([], "m", NoModel, "gpu:8080 has no model: load one there"),
        (
            ["a", "b"],
            None,
            NoModel,
            "gpu:8080 has several models: name one, such as http://gpu:8080/v1#a",
        ),
        (
            ["qwen3-8b", "x\x1b[2Jy"],
            "qwen3-4b",
            BadModel,
            "gpu:8080 has no model 'qwen3-4b': name one that it has, such as qwen3-8b, x[2Jy",
        ),
        (["a/m", "b/m"], "m", BadModel, "gpu:8080 has no model 'm': name one that it has"),
    ],
)
def test_what_is_not_there(
    models: list[str], wanted: str | None, error: type[ModelError], line: str
) -> None:
    with pytest.raises(error) as refused:
        pick(listed(*models), wanted, AT)
    assert one_line(refused).startswith(line)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b'{"data": 1}', b"\xff", b"[" * 9999])
def test_what_is_no_list_of_models(data: bytes) -> None:
    with pytest.raises(Unreachable) as refused:
        read_models(data, "gpu")
    assert one_line(refused).startswith("gpu has no OpenAI-compatible list of models")


@pytest.mark.parametrize("data", [b"{}", b'{"data": null}', b'{"object": "list", "data": []}'])
def test_an_empty_list(data: bytes) -> None:
    assert read_models(data, "gpu") == []


def known(**entry: Any) -> Listed:
    return read_models(json.dumps({"data": [entry]}).encode(), "gpu")[0]


def test_what_llama_server_tells() -> None:
    meta = {"n_params": 1543714304, "size": 1111, "n_ctx_train": 32768, "n_vocab": 9, "n_embd": 5}
    info = info_of(known(id="/m/qwen.gguf", meta=meta), AT, 4096)
    assert (info.name, info.path) == ("qwen", "http://gpu:8080/v1#/m/qwen.gguf")
    assert (info.parameters, info.bytes, info.n_vocab) == (1543714304, 1111, 9)
    assert (info.n_ctx, info.n_ctx_train, info.n_embd) == (4096, 32768, 5)
    assert info.architecture == "remote"


def test_what_vllm_tells() -> None:
    info = info_of(known(id="Qwen/Qwen3-8B", max_model_len=40960), AT, 4096)
    assert (info.name, info.n_ctx, info.parameters) == ("Qwen3-8B", 40960, 8_000_000_000)


def test_facts_that_are_none_are_left_aside() -> None:
    meta = {"n_params": "many", "size": -1, "n_ctx_train": True, "n_vocab": 10**30, "n_embd": 1.5}
    info = info_of(known(id="m", meta=meta, max_model_len="long"), AT, 512)
    assert (info.parameters, info.bytes, info.n_ctx_train) == (0, 0, 512)
    assert (info.n_vocab, info.n_embd, info.n_ctx) == (0, 0, 512)
    assert info_of(known(id="m", meta=[]), AT, 512).parameters == 0


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Llama-3.1-8B-Instruct", 8_000_000_000),
        ("qwen2.5:0.5b", 500_000_000),
        ("SmolLM2-135M-Instruct.Q4_1", 135_000_000),
        ("gemma3:270m", 270_000_000),
        ("mixtral-8x7b", 56_000_000_000),
        ("Qwen3-30B-A3B", 30_000_000_000),
        ("phi3:3.8b-mini-q4_K_M", 3_800_000_000),
        ("gpt-4o", 0),
        ("smollm", 0),
        ("MiniMax-M1-80k", 0),
    ],
)
def test_how_large_a_model_is_by_its_name(name: str, parameters: int) -> None:
    assert parameters_in(name) == parameters


def test_a_model_of_unknown_size_is_graded_with_as_one_nobody_measured() -> None:
    assert choose([], info_of(Listed("gpt-4o"), AT, 4096)) is UNFITTED
    assert choose([], info_of(Listed("qwen2.5:0.5b"), AT, 4096)) is TOO_SMALL
    assert choose([], info_of(Listed("qwen3:8b"), AT, 4096)) is UNFITTED
