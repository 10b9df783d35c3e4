"""Numbers as people type them, in English and Korean."""

from __future__ import annotations

import math
import re
import unicodedata

_SUFFIXES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "t": 1e12, "trillion": 1e12,
}  # fmt: skip
_KOREAN = {"천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12}
_KOREAN_PART = re.compile(r"(\d+(?:\.\d+)?)(천만|백만|천억|백억|십억|십만|천|만|억|조)")
_KOREAN_COMPOUND = {
    "십만": 1e5, "백만": 1e6, "천만": 1e7, "십억": 1e9, "백억": 1e10, "천억": 1e11, **_KOREAN,
}  # fmt: skip
_PLAIN = re.compile(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)\s*([a-z]*)", re.ASCII)
_POWER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*[*x×·]\s*10\s*(?:\^|\*\*)\s*([-+]?\d+)")
_FRACTION = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)")


def parse_number(text: str) -> float | None:
    """Read `1,000`, `1e3`, `175B`, `175 billion`, `1.75 x 10^11`, `1/4`, `1,750억`, `0.39 %` (as 0.39); None if it is no number.

    A word after the number that is no magnitude (a unit) is left aside; two numbers in one answer are no number.
    """
    plain = (
        unicodedata.normalize("NFKC", text)
        .casefold()
        .strip()
        .lstrip("~≈약 ")
        .replace(",", "")
        .replace("_", "")
    )
    plain = plain.replace("−", "-").replace("–", "-")
    for reader in (_power, _fraction, _korean, _number):
        value = reader(plain)
        if value is not None:
            return value if math.isfinite(value) else None
    return None


def _power(text: str) -> float | None:
    match = _POWER.match(text)
    if match is None or _digits_in(text[match.end() :]) or len(match[2]) > 4:
        return None
    return float(f"{match[1]}e{match[2]}")


def _fraction(text: str) -> float | None:
    match = _FRACTION.match(text)
    if match is None or _digits_in(text[match.end() :]) or float(match[2]) == 0:
        return None
    return float(match[1]) / float(match[2])


def _korean(text: str) -> float | None:
    compact = text.replace(" ", "")
    parts = list(_KOREAN_PART.finditer(compact))
    if not parts or parts[0].start() != 0:
        return None
    total, end = 0.0, 0
    for part in parts:
        if part.start() != end:
            return None
        total += float(part[1]) * _KOREAN_COMPOUND[part[2]]
        end = part.end()
    return None if _digits_in(compact[end:]) else total


def _number(text: str) -> float | None:
    match = _PLAIN.match(text)
    if match is None or _digits_in(text[match.end() :]):
        return None
    return float(match[1]) * _SUFFIXES.get(match[2], 1.0)


def _digits_in(text: str) -> bool:
    return any(c.isdigit() for c in text)
