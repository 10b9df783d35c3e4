"""What can be said without a model: which passage to read, and what to look for in it."""

from __future__ import annotations

from typing import Final, Literal

from tutor.content.schema import Language
from tutor.tutoring.gap import Gap
from tutor.tutoring.nudge import leak_of

Kind = Literal["hint", "question"]

# From the most that is said to the least. Only what is filled in, a course's words, can give anything away.
_WORDS: Final[dict[Language, dict[Kind, tuple[str, str, str]]]] = {
    "en": {
        "hint": (
            "Read passage {n}, “{heading}”, again: what does it say about {term}?",
            "Read passage {n}, “{heading}”, again: what does it say that you haven't written yet?",
            "Read passage {n} again: what does it say that you haven't written yet?",
        ),
        "question": (
            "What does passage {n}, “{heading}”, say about {term}?",
            "What does passage {n}, “{heading}”, say that you haven't said yet?",
            "What does passage {n} say that you haven't said yet?",
        ),
    },
    "ko": {
        "hint": (
            "{n}번 ‘{heading}’ 부분을 다시 읽어 보세요. ‘{term}’에 대해 뭐라고 하나요?",
            "{n}번 ‘{heading}’ 부분을 다시 읽어 보세요. 아직 쓰지 않은 내용은 무엇인가요?",
            "본문의 {n}번 부분을 다시 읽어 보세요. 아직 쓰지 않은 내용은 무엇인가요?",
        ),
        "question": (
            "{n}번 ‘{heading}’ 부분에서는 ‘{term}’에 대해 뭐라고 하나요?",
            "{n}번 ‘{heading}’ 부분에서 아직 말하지 않은 것은 무엇인가요?",
            "본문의 {n}번 부분에서 아직 말하지 않은 것은 무엇인가요?",
        ),
    },
}


def pointer(gap: Gap, kind: Kind) -> str:
    """A hint, or a question, that points to the passage which teaches the missing point, and gives nothing away.

    The first that was not told yet; the one that names only the passage's number where all others leak or were told.
    """
    passage = gap.passage
    heading = " ".join(passage.heading.replace("**", "").replace("`", "").split())
    with_term, with_heading, bare = (
        each.format(n=passage.n, heading=heading, term=gap.term)
        for each in _WORDS[gap.language][kind]
    )
    filled = [(with_heading, heading)]
    if gap.term:
        filled.insert(0, (with_term, f"{heading}. {gap.term}"))
    for text, of_course in filled:
        if text not in gap.told and leak_of(of_course, gap) is None:
            return text
    return bare
