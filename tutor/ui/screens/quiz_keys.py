"""The keys of a quiz, and when each of them does something."""

from __future__ import annotations

from enum import Enum, auto

from msgspec import Struct
from textual.binding import BindingType

from tutor.ui.keymap import letter_binding


class Phase(Enum):
    """Where the item on the screen stands. UNGRADED: handed in and kept, without a verdict."""

    OPENING = auto()
    ANSWERING = auto()
    GRADING = auto()
    UNGRADED = auto()
    GRADED = auto()


KEYS: list[BindingType] = [
    letter_binding("ctrl+s,f5", "screen.hand_in", "quiz.hand_in", key_display="^S"),
    letter_binding("enter", "grade", "quiz.grade", key_display="Enter"),
    letter_binding("y", "decide(True)", "quiz.yes"),
    letter_binding("n", "decide(False)", "quiz.no"),
    letter_binding("enter", "next", "quiz.next", key_display="Enter"),
    letter_binding("n", "go_on", "quiz.go_on"),
    letter_binding("n", "next", "quiz.next_letter", show=False),
    letter_binding("g", "grade", "quiz.grade_letter", show=False),
    letter_binding("escape", "cancel", "quiz.cancel", key_display="Esc"),
    letter_binding("escape", "stop_choosing", "quiz.stop_choosing", key_display="Esc"),
    letter_binding("escape", "stop_hint", "quiz.stop_hint", key_display="Esc"),
    letter_binding("f3,h", "hint", "quiz.hint", key_display="F3"),
    letter_binding("m", "models", "quiz.models"),
    letter_binding("p", "passage", "quiz.passage"),
    letter_binding("a", "ask", "quiz.ask"),
    letter_binding("w", "why", "quiz.why"),
    letter_binding("o", "overrule", "quiz.overrule"),
    letter_binding("f", "reference", "quiz.reference"),
    letter_binding("b", "previous", "quiz.previous", show=False),
    letter_binding("f4", "skip", "quiz.skip", key_display="F4"),
    letter_binding("escape", "leave", "quiz.leave", key_display="Esc"),
]


class Standing(Struct, frozen=True, kw_only=True):
    """What decides which keys work: the item's phase, and what there is to act on."""

    phase: Phase
    typing: bool = False
    asking: bool = False
    explain: bool = False
    model: bool = False
    hints_left: bool = False
    hinting: bool = False
    unsure: bool = False
    points: bool = False
    choosing: bool = False
    first: bool = True


def works(action: str, now: Standing) -> bool:
    """Whether `action` of KEYS does something now; actions of others always do."""
    done = now.phase in (Phase.GRADED, Phase.UNGRADED) and not now.asking
    match action:
        case "hand_in" | "skip":
            return now.phase is Phase.ANSWERING
        case "hint":
            return now.phase is Phase.ANSWERING and now.hints_left and not now.hinting
        case "stop_hint":
            return now.hinting
        case "grade":
            return done and now.phase is Phase.UNGRADED and (now.model or not now.explain)
        case "go_on":
            return done and now.phase is Phase.UNGRADED and now.model
        case "models":
            return done and now.phase is Phase.UNGRADED and not now.model
        case "next":
            return done and not now.choosing
        case "decide":
            return done and now.unsure and not now.choosing
        case "overrule":
            return done and now.points and not now.choosing
        case "why":
            return done and now.phase is Phase.GRADED and now.model
        case "passage" | "ask":
            return done
        case "reference":
            return done and now.explain
        case "previous":
            return (done or now.phase is Phase.ANSWERING) and not (now.first or now.typing)
        case "cancel":
            return now.phase is Phase.GRADING
        case "stop_choosing":
            return now.choosing
        case "leave":
            busy = now.phase is Phase.GRADING or now.choosing or now.hinting
            return not busy and not now.asking
        case _:
            return True
