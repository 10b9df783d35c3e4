"""The doctor: all well, each thing that can be wrong, and the rebuild."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Result, Tutor
from tutor.llm import hardware
from tutor.paths import Places
from tutor.study.store import Store


def states(told: Result) -> dict[str, str]:
    """The worst state of each thing looked at."""
    worst: dict[str, str] = {}
    for finding in told.json["findings"]:
        rank = ("ok", "warn", "fail")
        before = worst.get(finding["about"], "ok")
        worst[finding["about"]] = max(before, finding["state"], key=rank.index)
    return worst


def test_a_home_in_order(tutor: Tutor, model: Path, home: Places) -> None:
    tutor("learn", "sample/one", "--plain")
    told = tutor("doctor", "--json")
    assert told.code == 0
    assert told.json["ok"]
    assert set(states(told).values()) == {"ok"}
    assert tutor("doctor").out.splitlines()[-1].startswith("ok   disk: ")


def test_nothing_is_made_by_looking(tutor: Tutor, home: Places) -> None:
    told = tutor("doctor", "--json")
    assert told.code == 0
    assert states(told)["model in use"] == "warn"
    assert not home.profiles.exists()


def test_broken_settings(tutor: Tutor, home: Places) -> None:
    home.settings.write_text("model = \n")
    told = tutor("doctor", "--json")
    assert told.code == 1
    assert states(told)["settings"] == "fail"


def test_a_damaged_record(tutor: Tutor, home: Places) -> None:
    path = home.database("default")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all " * 500)
    told = tutor("doctor")
    assert told.code == 1
    assert any(line.startswith("fail record: ") for line in told.out.splitlines())


def test_a_model_that_is_gone(tutor: Tutor, model: Path) -> None:
    model.unlink()
    told = tutor("doctor", "--json")
    assert told.code == 1
    assert states(told)["model in use"] == "fail"


def test_a_model_that_cannot_be_read(tutor: Tutor, model: Path) -> None:
    model.write_bytes(b"GGUF")
    told = tutor("doctor", "--json")
    assert (states(told)["models"], states(told)["model in use"]) == ("warn", "fail")


def test_a_course_with_mistakes(tutor: Tutor, home: Places) -> None:
    (home.courses / "broken").mkdir()
    (home.courses / "broken" / "course.yaml").write_text("id: broken\n")
    told = tutor("doctor", "--json")
    assert told.code == 0
    assert states(told)["courses"] == "warn"


def test_little_room(tutor: Tutor, home: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings.write_text('model = "smollm2-135m"\n')
    monkeypatch.setattr(hardware, "memory_free", lambda: 100_000_000)
    monkeypatch.setattr(hardware, "disk_free", lambda path: 1_000_000)
    told = tutor("doctor", "--json")
    assert (states(told)["memory"], states(told)["disk"]) == ("warn", "warn")


def test_what_the_models_memory_is_for(tutor: Tutor, model: Path, home: Places) -> None:
    told = tutor("doctor").out.splitlines()
    [line] = [line for line in told if "memory of the model" in line]
    assert line.startswith(
        "ok   memory of the model: Weights 0 kB · KV cache 1 MB (2 × 2,048 tokens)"
    )
    assert line.endswith("prefixes set aside up to 256 MB")


def test_too_little_memory_for_a_file_that_is_here(
    tutor: Tutor, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "memory_free", lambda: 1_000_000)
    [line] = [each for each in tutor("doctor").out.splitlines() if each.startswith("warn memory")]
    assert "1 MB free, the model in use needs 4 MB" in line


def test_a_folder_that_cannot_be_made(tutor: Tutor, home: Places) -> None:
    home.cache.write_text("a file in the way")
    told = tutor("doctor", "--json")
    assert told.code == 1
    assert states(told)["cache folder"] == "fail"


def test_rebuild(tutor: Tutor, home: Places, record: Callable[[], Store]) -> None:
    tutor("learn", "sample/one", "--plain")
    with closing(sqlite3.connect(home.database("default"))) as db, db:
        db.execute("DELETE FROM lessons")
    assert tutor("doctor").code == 1
    told = tutor("doctor", "--rebuild")
    assert told.code == 0
    assert told.out.startswith("Progress and sessions were made again from 2 events.\n")
    with record() as store:
        assert store.query("SELECT lesson FROM lessons") == [("one",)]


def test_rebuild_of_nothing(tutor: Tutor, home: Places) -> None:
    assert tutor("doctor", "--rebuild", "--json").json["rebuilt"] == 0
    assert not home.profiles.exists()
