from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.settings import Settings, SettingsError, load, save


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_no_file_means_the_defaults(path: Path) -> None:
    assert load(path) == Settings()
    assert Settings().language is None


def test_what_is_saved_is_loaded(path: Path) -> None:
    settings = Settings(
        language="ko", model="C:\\모델\\m.gguf", profile="가", context=8192, threads=2
    )
    save(path, settings)
    assert load(path) == settings
    save(path, Settings())
    assert load(path) == Settings()
    assert list(path.parent.iterdir()) == [path]


def test_keys_of_others_are_kept(path: Path) -> None:
    write(path, 'language = "en"\nfuture = 1\n\n[keymap]\nquit = "q"\n')
    assert load(path) == Settings(language="en")
    save(path, Settings(language="ko"))
    text = path.read_text()
    assert 'language = "ko"' in text
    assert "future = 1" in text
    assert '[keymap]\nquit = "q"' in text


def test_a_file_from_an_editor_that_marks_utf8_is_read(path: Path) -> None:
    assert load(write(path, b'\xef\xbb\xbflanguage = "ko"\r\n')).language == "ko"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            'language = "en"\ntheme\n',
            r"settings.toml:2: .*: correct that line, or delete the file$",
        ),
        (
            'language = "fr"\n',
            r"settings.toml:1: language: Invalid enum value 'fr': correct that line",
        ),
        (
            'theme = "x"\n\ncontext = "long"\n',
            r"settings.toml:3: context: Expected `int`, got `str`: correct",
        ),
        ("context = 1\n", r"settings.toml:1: context: Expected `int` >= 512"),
        ("threads = 0\n", r"settings.toml:1: threads: Expected `int` >= 1"),
        ("kept_prefixes_mb = -1\n", r"settings.toml:1: kept_prefixes_mb: Expected `int` >= 0"),
        (
            "kept_prefixes_mb = 70000\n",
            r"settings.toml:1: kept_prefixes_mb: Expected `int` <= 65536",
        ),
        (b'profile = "a"\nmodel = "\xff"\n', r"settings.toml:2: not UTF-8 text"),
    ],
)
def test_a_fault_is_named_with_its_line(path: Path, text: str | bytes, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as caught:
        load(write(path, text))
    assert "\n" not in str(caught.value)


def test_a_file_that_can_not_be_read_is_never_written_over(path: Path) -> None:
    write(path, "language = \n")
    with pytest.raises(SettingsError):
        save(path, Settings())
    assert path.read_text() == "language = \n"


def test_a_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, Settings(language="ko"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left on device"):
        save(path, Settings(language="en"))
    assert load(path).language == "ko"
    assert list(path.parent.iterdir()) == [path]


def test_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = write(tmp_path / "dotfiles" / "tutor.toml", "")
    path.parent.mkdir()
    path.symlink_to(real)
    save(path, Settings(language="ko"))
    assert path.is_symlink()
    assert load(real).language == "ko"
