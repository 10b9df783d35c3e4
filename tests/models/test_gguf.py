from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.models.gguf_file import TINY, gguf_bytes
from tutor.llm.footprint import estimate
from tutor.llm.gguf import BadGguf, read_header

TINY_FILE = gguf_bytes()


def written(folder: Path, data: bytes, name: str = "tiny.gguf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_the_facts_of_a_whole_file(tmp_path: Path, version: int) -> None:
    header = read_header(written(tmp_path, gguf_bytes(version=version)))
    assert (header.architecture, header.name, header.size_label) == ("llama", "Tiny", "1K")
    assert (header.context_length, header.block_count, header.embedding_length) == (2048, 2, 64)
    assert (header.head_count, header.kv_heads) == (4, 4)
    assert (header.key_length, header.value_length) == (16, 16)
    assert header.vocabulary == 3
    assert header.parameters == 8 * 4 + 512
    assert header.chat_template
    assert header.kind == "model"
    assert header.expected_bytes == header.bytes == len(TINY_FILE)


def test_lengths_and_heads_of_each_layer_are_taken_as_the_file_gives_them(tmp_path: Path) -> None:
    own = {"llama.attention.head_count_kv": [4, 1], "llama.attention.key_length": 8}
    header = read_header(written(tmp_path, gguf_bytes({**TINY, **own})))
    assert header.kv_heads == 5
    assert (header.key_length, header.value_length) == (8, 16)


def test_weights_are_what_stands_behind_the_header(tmp_path: Path) -> None:
    header = read_header(written(tmp_path, TINY_FILE))
    assert header.weights == 8 * 4 * 4 + 2 * 144


LAYERS = {"llama.block_count": 8, "llama.embedding_length": 64}
MAMBA = {"llama.ssm.inner_size": 128, "llama.ssm.state_size": 16, "llama.ssm.conv_kernel": 4}
A_STATE = (3 * 128 + 128 * 16) * 4


@pytest.mark.parametrize(
    ("own", "kv_heads", "state"),
    [
        ({}, 16, 0),
        ({"llama.attention.shared_kv_layers": 3}, 10, 0),
        ({"llama.attention.head_count_kv": [2] * 8, "llama.attention.shared_kv_layers": 3}, 10, 0),
        ({**MAMBA, "llama.attention.head_count_kv": [0, 0, 0, 2, 0, 0, 0, 2]}, 4, 6 * A_STATE),
        ({**MAMBA, "llama.full_attention_interval": 4}, 4, 6 * A_STATE),
        ({**MAMBA, "llama.attention.head_count": 0, "llama.attention.head_count_kv": 0}, 0, 8 * A_STATE),
        (MAMBA, 16, 8 * A_STATE),
        ({"llama.wkv.head_size": 64, "llama.attention.head_count_kv": 0}, 0, 8 * 66 * 64 * 4),
        ({"llama.attention.head_count_kv": [1 << 31] * 8}, 0, 0),
        ({"llama.attention.head_count_kv": -1}, 32, 0),
        ({"llama.attention.shared_kv_layers": 9}, 0, 0),
    ],
)  # fmt: skip
def test_what_layers_keep(
    tmp_path: Path, own: dict[str, object], kv_heads: int, state: int
) -> None:
    header = read_header(written(tmp_path, gguf_bytes({**TINY, **LAYERS, **own})))
    assert (header.kv_heads, header.recurrent_state) == (kv_heads, state)


def test_a_mixture_of_experts_is_as_wide_as_the_experts_it_uses(tmp_path: Path) -> None:
    own = {"llama.expert_feed_forward_length": 100, "llama.expert_used_count": 8}
    wide = {**TINY, **own, "llama.feed_forward_length": 300}
    assert read_header(written(tmp_path, gguf_bytes(wide))).feed_forward_length == 800


def test_a_number_of_layers_that_no_model_has_takes_no_time(tmp_path: Path) -> None:
    many = {**TINY, "llama.block_count": (1 << 31) - 1}
    assert read_header(written(tmp_path, gguf_bytes(many))).kv_heads == 2 * ((1 << 31) - 1)


def test_text_loses_its_control_characters_and_line_ends(tmp_path: Path) -> None:
    hostile = {**TINY, "general.name": "a\x1b[31m\nb\u202e c" + "x" * 5000}
    name = read_header(written(tmp_path, gguf_bytes(hostile))).name
    assert name is not None
    assert name.startswith("a[31m b cxxx")
    assert len(name) == 200


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.9, 0.999])
def test_a_file_cut_short_says_how_much_is_there(tmp_path: Path, kept: float) -> None:
    whole = gguf_bytes(tensors=[("w", (1_000_000,), 0)])
    path = written(tmp_path, whole[: int(len(whole) * kept)])
    with pytest.raises(
        BadGguf, match=rf"^tiny.gguf is cut short: {round(4 * kept)} of 4 MB are there; "
    ):
        read_header(path)


def test_a_file_cut_inside_its_header_is_cut_short(tmp_path: Path) -> None:
    with pytest.raises(BadGguf, match="cut short: it ends inside its header"):
        read_header(written(tmp_path, TINY_FILE[:100]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "does not begin with GGUF"),
        (b"<html>Not found</html>", "does not begin with GGUF"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "version is 1"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "version is 50331648"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0), "claims 1152921504606846976 tensors"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 40), "a string of"),
        (gguf_bytes({"a": 1}), "names no architecture"),
        (gguf_bytes({**TINY, "nested": [[[[[1]]]]]}), "nested deeper"),
    ],
)
def test_what_is_not_gguf_is_said_in_one_line(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(BadGguf, match=reason) as caught:
        read_header(written(tmp_path, data))
    assert "\n" not in str(caught.value)


def test_a_count_that_no_file_could_hold_is_not_believed(tmp_path: Path) -> None:
    array = struct.pack("<IIQ", 9, 12, 1 << 61)
    data = b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + array
    with pytest.raises(BadGguf, match="a header of more than"):
        read_header(written(tmp_path, data))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadGguf, match="check the path"):
        read_header(tmp_path / "none.gguf")
    with pytest.raises(BadGguf, match="is not a file"):
        read_header(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(BadGguf, match="is not a file"):
        read_header(tmp_path / "pipe.gguf")


def test_other_kinds_of_file_are_told_apart(tmp_path: Path) -> None:
    adapter = written(tmp_path, gguf_bytes({**TINY, "general.type": "adapter"}))
    assert read_header(adapter).kind == "adapter"
    clip = written(tmp_path, gguf_bytes({"general.architecture": "clip"}), "vision.gguf")
    assert read_header(clip).kind == "mmproj"


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(TINY_FILE)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(data) - 9))
        data[at : at + 8] = draw(st.binary(min_size=8, max_size=8))
    return bytes(data[: draw(st.integers(0, len(data)))])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=400).map(lambda tail: b"GGUF\3\0\0\0" + tail) | mutated())
def test_no_bytes_raise_anything_but_bad_gguf(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path, data)
    with suppress(BadGguf):
        assert estimate(read_header(path), n_ctx=4096).total > 0
