"""Numbers, and names with a number in them: what says a sentence has to have them too."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NUMERAL: Final = re.compile(r"[a-z]+-\d[\d.]*[a-z]*|\d[\d,]*(?:\.\d+)?")


def numerals(text: str) -> frozenset[str]:
    """`1,750` as 1750, `GPT-3` as gpt-3, each once."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(each.replace(",", "").rstrip(".") for each in _NUMERAL.findall(folded))


def lacks(text: str, sentence: str) -> bool:
    """Whether the sentence has a number that the text has not: what was worked out from it counts as the reader's own."""
    return not numerals(sentence) <= numerals(text)
