"""Texts inside payloads as a search compares them."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from tutor.study.payloads import decoded


def folded(text: str) -> str:
    """`text` without what case and composed or decomposed letters make different."""
    return normalize("NFC", normalize("NFC", text).casefold())


def folded_field(payload: str | None, field: str) -> str:
    """The text in a field of a payload, folded; "" where there is none. SQL knows it by the same name."""
    value = (decoded(payload or "", dict[str, Any]) or {}).get(field)
    return folded(value) if isinstance(value, str) else ""
