from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.paths import bundled, course_roots, model_roots, places


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    at = places({"TUTOR_HOME": str(tmp_path)})
    assert at.settings == tmp_path / "settings.toml"
    assert at.database("default") == tmp_path / "profiles/default/study.db"
    assert (at.models, at.courses) == (tmp_path / "models", tmp_path / "courses")
    assert (at.cache, at.log) == (tmp_path / "cache", tmp_path / "log")


def test_otherwise_the_system_decides_and_nothing_is_made() -> None:
    at = places({})
    assert at.settings.name == "settings.toml"
    assert all(
        path.is_absolute() for path in (at.settings, at.profiles, at.models, at.cache, at.log)
    )


@pytest.mark.parametrize("name", ["default", "class-2_B", "가나다", "ㅎㅎ", "a" * 40])
def test_plain_words_name_a_profile(tmp_path: Path, name: str) -> None:
    assert places({"TUTOR_HOME": str(tmp_path)}).database(name).parent.name == name


def test_hangul_is_one_name_however_it_is_composed(tmp_path: Path) -> None:
    at = places({"TUTOR_HOME": str(tmp_path)})
    assert at.database("\u1100\u1161") == at.database("가")


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "a\\b", "a b", "a\n", "a" * 41, "ä", ".hidden", "漢"]
)
def test_anything_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="can't name a profile"):
        places({"TUTOR_HOME": str(tmp_path)}).database(name)


def test_what_comes_with_tutor_is_found() -> None:
    assert (bundled("models") / "catalog.yaml").is_file()
    assert bundled("content").is_dir()


def test_without_a_checkout_the_package_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.paths._PACKAGE", tmp_path / "tutor")
    (tmp_path / "content").mkdir()
    assert bundled("content") == tmp_path / "tutor/_data/content"


def test_folders_are_listed_in_the_order_they_are_searched(tmp_path: Path) -> None:
    at = places({"TUTOR_HOME": str(tmp_path)})
    listed = os.pathsep.join(["/one", "", "/two"])
    environ = {"TUTOR_CONTENT": listed, "TUTOR_MODELS": listed}
    more = [Path("/one").absolute(), Path("/two").absolute()]
    assert course_roots(at, environ) == [bundled("content"), at.courses, *more]
    assert model_roots(at, environ) == [at.models, *more, bundled("models")]
    assert model_roots(at, {}) == [at.models, bundled("models")]
