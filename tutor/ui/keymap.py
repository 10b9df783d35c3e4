"""Key bindings that work in Latin and in Hangul mode, with labels from the strings."""

from __future__ import annotations

from textual.binding import Binding

_JAMO = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ",
        strict=True,
    )
)


def with_jamo(keys: str) -> str:
    """`keys` (comma separated) and, for each single letter, what that key sends in two-set Hangul mode."""
    out: list[str] = []
    for key in keys.split(","):
        out.append(key)
        if key in _JAMO:
            out.append(_JAMO[key])
    return ",".join(out)


def letter_binding(
    keys: str,
    action: str,
    id: str,
    *,
    show: bool = True,
    priority: bool = False,
    key_display: str | None = None,
) -> Binding:
    """A binding whose `id` is also the strings key of its label, so keymap, footer, help and palette agree.

    `keys` is one key or several ("q", "j,down"); letters also accept their jamo.
    """
    return Binding(
        with_jamo(keys),
        action,
        description=id,
        show=show,
        priority=priority,
        id=id,
        key_display=key_display,
    )
