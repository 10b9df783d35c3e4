"""A server's address, where a model's name may stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.address import BadAddress, RemoteAddress, model_stem, parse_address, to_load


@pytest.mark.parametrize(
    ("text", "base_url", "model"),
    [
        ("http://localhost:8080/v1", "http://localhost:8080/v1", None),
        ("http://localhost:8080", "http://localhost:8080/v1", None),
        ("http://localhost:8080/", "http://localhost:8080/v1", None),
        ("  HTTP://LocalHost:8080/v1/#  ", "http://localhost:8080/v1", None),
        ("https://gpu.example.org#qwen3:8b", "https://gpu.example.org/v1", "qwen3:8b"),
        ("http://[::1]:1/v1#a/b-7B#c", "http://[::1]:1/v1", "a/b-7B#c"),
        ("https://h/api/openai/v1#모델", "https://h/api/openai/v1", "모델"),
    ],
)
def test_an_address_is_taken_as_people_write_it(
    text: str, base_url: str, model: str | None
) -> None:
    address = parse_address(text)
    assert address == RemoteAddress(base_url, model)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize("text", ["", "qwen2.5-coder-1.5b", "/a/http://b.gguf", "ftp://h", "C:\\m"])
def test_what_is_no_address_is_a_name_or_a_path(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "http:///v1",
        "http://#m",
        "https://h:port/v1",
        "http://h:99999/v1",
        "http://h:0/v1",
        "http://[::1/v1",
        "http://h /v1",
        "http://h\\v1",
        "http://h/v1?key=secret",
        "http://me:secret@h/v1",
        "http://h/v1#a\x1b[2J",
        "http://h/\n#a",
    ],
)
def test_a_bad_one_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadAddress) as refused:
        parse_address(text)
    message = str(refused.value)
    assert message.isprintable()
    assert "http://HOST:PORT/v1#MODEL" in message or "TUTOR_API_KEY" in message


def test_a_password_is_not_shown() -> None:
    with pytest.raises(BadAddress) as refused:
        parse_address("http://me:secret@h/v1")
    assert "secret" not in str(refused.value)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_an_address_or_refused_in_one_line(text: str) -> None:
    told, address = "", None
    try:
        address = parse_address(f"http://{text}")
    except BadAddress as error:
        told = str(error)
    assert told.isprintable()
    assert bool(told) != bool(address)
    assert address is None or (address.host and parse_address(str(address)) == address)


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("http://localhost:1/v1", False),
        ("http://127.0.0.1/v1", False),
        ("http://127.1.2.3/v1", False),
        ("http://[::1]/v1", False),
        ("http://ollama.localhost/v1", False),
        ("http://0.0.0.0/v1", True),
        ("http://192.168.0.2/v1", True),
        ("https://localhost.example.org/v1", True),
        ("https://api.example.org/v1", True),
        ("http://[2001:db8::1]/v1", True),
    ],
)
def test_what_leaves_this_machine(url: str, leaves: bool) -> None:
    address = parse_address(url)
    assert address is not None
    assert address.leaves_this_machine == leaves
    assert address.encrypted == url.startswith("https")


@pytest.mark.parametrize(
    ("model", "stem"),
    [
        (None, "h"),
        ("qwen3:8b", "qwen3:8b @ h"),
        ("meta-llama/Llama-3.1-8B", "Llama-3.1-8B @ h"),
        ("/models/tiny.Q4_1.gguf", "tiny.Q4_1 @ h"),
    ],
)
def test_it_has_a_short_name(model: str | None, stem: str) -> None:
    assert RemoteAddress("http://h:1/v1", model).stem == stem


def test_a_model_of_windows_is_called_by_its_file() -> None:
    assert model_stem("C:\\models\\tiny.gguf") == "tiny"


def test_what_a_client_is_asked_to_load() -> None:
    assert to_load(Path("a.gguf")) == Path("a.gguf")
    assert to_load(RemoteAddress("http://h/v1", "m")) == "m"
    assert to_load(RemoteAddress("http://h/v1")) == ""
