"""Keys: each has a name, a label in both languages, and works in Hangul mode."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import tutor.ui
from tutor.content.schema import LANGUAGES
from tutor.ui.keymap import letter_binding, with_jamo
from tutor.ui.strings import Strings


def our_classes() -> Iterator[type[DOMNode]]:
    for found in pkgutil.walk_packages(tutor.ui.__path__, "tutor.ui."):
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            ours = isinstance(each, type) and each.__module__ == found.name
            if ours and issubclass(each, DOMNode) and "BINDINGS" in vars(each):
                yield each


CLASSES = sorted(our_classes(), key=lambda each: each.__name__)


def test_there_are_screens_to_look_at() -> None:
    assert {"TutorApp", "HomeScreen", "LessonScreen"} <= {each.__name__ for each in CLASSES}


@pytest.mark.parametrize("owner", CLASSES, ids=lambda each: each.__name__)
def test_every_binding_has_an_id_and_a_label(owner: type[DOMNode]) -> None:
    for binding in owner.BINDINGS:
        assert isinstance(binding, Binding)
        assert binding.id is not None
        for language in LANGUAGES:
            assert binding.description in Strings(language), binding


@pytest.mark.parametrize("owner", CLASSES, ids=lambda each: each.__name__)
def test_every_letter_also_works_in_hangul_mode(owner: type[DOMNode]) -> None:
    for binding in owner.BINDINGS:
        assert isinstance(binding, Binding)
        keys = set(binding.key.split(","))
        for key in keys:
            if len(key) == 1 and key.isascii() and key.isalpha():
                assert set(with_jamo(key).split(",")) <= keys, binding


def test_the_jamo_are_those_of_the_two_set_keyboard() -> None:
    pairs = "rㄱ lㅣ qㅂ mㅡ oㅐ pㅔ aㅁ tㅅ gㅎ eㄷ nㅜ hㅗ yㅛ sㄴ uㅕ bㅠ jㅓ kㅏ"
    for pair in pairs.split():
        assert with_jamo(pair[0]) == f"{pair[0]},{pair[1]}"


def test_other_keys_stay_as_they_are() -> None:
    binding = letter_binding("j,down", "scroll", "lesson.down")
    assert binding.key == "j,ㅓ,down"
    assert binding.id == binding.description == "lesson.down"
