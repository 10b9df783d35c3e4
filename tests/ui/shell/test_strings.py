"""The words of the interface: complete, in both languages, and all of them used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tutor
from tutor.content.schema import LANGUAGES, Language
from tutor.ui.particles import with_particle
from tutor.ui.strings import FOLDER, Strings, fields_of, load_strings

PACKAGE = Path(tutor.__file__).parent
AREAS = "|".join(sorted({key.partition(".")[0] for key in load_strings("en")}))
KEY = re.compile(rf"({AREAS})(\.[a-z0-9_]+)+(?<!\.tcss)")
FORMS = (".one", ".other")


def keys() -> set[str]:
    """Every key, the two forms of a plural as one."""
    return {key.removesuffix(".one").removesuffix(".other") for key in load_strings("en")}


def is_module(name: str) -> bool:
    return (PACKAGE.parent / name.replace(".", "/")).with_suffix(".py").is_file()


def strings_in(tree: ast.AST) -> Iterator[str]:
    """Patterns of the keys that code names: constants as they stand, f-strings with a word for each field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if KEY.fullmatch(node.value) and not is_module(node.value):
                yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z0-9_]+"
                for part in node.values
            ]
            if re.match(rf"({AREAS})\\\.", parts[0]) and "(" not in "".join(parts):
                yield "".join(parts)


def named_under(folder: Path) -> set[str]:
    """Patterns of all the keys that the modules under `folder` name."""
    patterns: set[str] = set()
    for path in sorted(folder.rglob("*.py")):
        patterns.update(strings_in(ast.parse(path.read_text(encoding="utf-8"))))
    return patterns


def test_both_languages_have_the_same_keys() -> None:
    assert load_strings("en").keys() == load_strings("ko").keys()


def test_both_languages_have_the_same_fields() -> None:
    english, korean = load_strings("en"), load_strings("ko")
    assert [key for key in english if fields_of(english[key]) != fields_of(korean[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language: Language) -> None:
    lines = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8").splitlines()
    found = [line.split(":")[0] for line in lines if line and line[0] not in "# "]
    assert sorted(found) == sorted(set(found))
    assert set(found) == set(load_strings(language))


def test_a_plural_has_both_its_forms() -> None:
    texts = load_strings("en")
    for key in texts:
        if key.endswith(FORMS):
            base = key.rpartition(".")[0]
            assert all(base + form in texts for form in FORMS), key


def test_every_key_that_a_screen_names_exists() -> None:
    used = named_under(PACKAGE / "ui")
    missing = [each for each in used if not any(re.fullmatch(each, key) for key in keys())]
    assert missing == []


def test_every_key_is_named_by_code() -> None:
    used = named_under(PACKAGE)
    idle = {key for key in keys() if not any(re.fullmatch(each, key) for each in used)}
    # A code of an error is added to the key of its kind at run time.
    codes = {key for key in idle if key.startswith("error.") and key.rpartition(".")[0] in keys()}
    assert idle - codes == set()


def test_fields_are_filled_and_missing_ones_are_an_error() -> None:
    strings = Strings("en")
    assert strings("home.next.quiz", title="{title}") == "Quiz yourself: {title}"
    with pytest.raises(KeyError):
        strings("home.next.quiz")
    with pytest.raises(KeyError):
        strings("home.no_such_key")


def test_a_count_chooses_the_form() -> None:
    strings = Strings("en")
    assert strings("home.questions", count=1) == "1 question"
    assert strings("home.questions", count=0) == "0 questions"
    assert Strings("ko")("home.questions", count=1) == "문제 1개"


def test_a_particle_follows_the_value() -> None:
    strings = Strings("ko")
    assert strings("models.arrived", model="모델").startswith("모델을")
    assert strings("models.arrived", model="젬마").startswith("젬마를")


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("모델", "을를", "모델을"),
        ("튜터", "을를", "튜터를"),
        ("튜터", "은는", "튜터는"),
        ("문제 3", "이가", "문제 3이"),
        ("문제 2", "이가", "문제 2가"),
        ("Qwen", "과와", "Qwen과"),
        ("Gemma", "과와", "Gemma와"),
        ("서울", "으로로", "서울로"),
        ("집", "으로로", "집으로"),
        ("홈(3)", "으로로", "홈(3)으로"),
        ("", "을를", "를"),
    ],
)
def test_particles(word: str, pair: str, expected: str) -> None:
    assert with_particle(word, pair) == expected
