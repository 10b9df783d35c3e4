"""Every word of the interface, in the learner's language: strings/en.yaml and strings/ko.yaml."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from tutor.content.schema import Language
from tutor.ui.particles import with_particle

FOLDER = Path(__file__).with_name("strings")
_FIELD = re.compile(r"\{(\w+)(?:\|(\w+))?\}")


@cache
def load_strings(language: Language) -> dict[str, str]:
    """All keys of one language; the file is flat, `dotted.key: text with {fields}`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in yaml.load(text, loader).items()}


def fields_of(text: str) -> set[str]:
    """Names of the {fields} in a string."""
    return {match[1] for match in _FIELD.finditer(text)}


class Strings:
    """Texts of one language: `strings("home.next.lesson", title=...)`.

    A `{field|을를}` takes the particle that fits its value; with a `count`, `key.one` or `key.other` is chosen.
    Raises KeyError for a key or a field that is missing.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = load_strings(language)

    def __contains__(self, key: str) -> bool:
        return key in self._texts or f"{key}.other" in self._texts

    def __call__(self, key: str, **fields: object) -> str:
        if key not in self._texts and "count" in fields:
            key = f"{key}.{'one' if fields['count'] == 1 else 'other'}"
        return _FIELD.sub(lambda field: self._fill(field, fields), self._texts[key])

    @staticmethod
    def _fill(field: re.Match[str], fields: dict[str, object]) -> str:
        value = str(fields[field[1]])
        return with_particle(value, field[2]) if field[2] else value
