from __future__ import annotations

from pathlib import Path

import pytest

from tutor.llm import thread_notes


def test_what_was_measured_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "speeds" / "model.json"
    thread_notes.write(path, 4, {"one": {1: 30.04, 4: 90.0}, "many": {2: 55.55}})
    assert thread_notes.read(path, 4) == {"one": {1: 30.0, 4: 90.0}, "many": {2: 55.5}}
    assert [each.name for each in path.parent.iterdir()] == ["model.json"]


def test_speeds_of_a_machine_with_other_cores_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    thread_notes.write(path, 4, {"one": {4: 90.0}})
    assert thread_notes.read(path, 8) == {}


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[]", b'{"most": "4"}', b'{"most": 4, "usual": {"one": [1]}}']
)
def test_a_file_that_is_none_of_ours_is_passed_over(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(data)
    assert thread_notes.read(path, 4) == {}
    thread_notes.write(path, 4, {"one": {4: 90.0}})
    assert thread_notes.read(path, 4) == {"one": {4: 90.0}}


def test_a_folder_that_cant_be_written_to_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "speeds").write_text("a file where a folder should be")
    path = tmp_path / "speeds" / "model.json"
    thread_notes.write(path, 4, {"one": {4: 90.0}})
    assert thread_notes.read(path, 4) == {}
