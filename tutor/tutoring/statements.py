"""What in a reply states something that a lesson could carry: its sentences without greetings, questions and lead-ins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tutor.grading.signals import sentences
from tutor.tutoring.named import named

Span = tuple[int, int]
"""[start, end) in a text."""

_CITED: Final = re.compile(r"\[(\d{1,3})\](?!\()")
_SEVERAL: Final = re.compile(r"\[(\d{1,3}(?:\s*[,;·]\s*\d{1,3})+)\](?!\()")
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`", re.DOTALL)
_AFTER_THE_END: Final = re.compile(
    r"([.!?。])[ \t]*((?:\[\d{1,3}\](?!\()[ \t]*)+)(?:[.。])?(?=\s|\Z)"
)
_END: Final = re.compile(r"[.!?。…]*[\"'”’*_)]*\s*\Z")
_MARKER: Final = re.compile(r"\s*(?:[-*+•>]|\d{1,2}[.)])\s+")
_LEAD_IN: Final = re.compile(r"[:：][*_]*\s*\Z")
_COURTESY: Final = re.compile(
    r"(?:(?:yes|no|sure|okay|네|예|아니요)[,!]? )?(?:"
    r"(?:hi|hello|hey)(?: there)?|yes|no|sure(?: thing)?|of course|certainly|absolutely|okay|ok|(?:you(?:'re| are) )?welcome"
    r"|(?:that(?:'s| is) an? )?(?:good|great|excellent|interesting) (?:question|point)"
    r"|thank(?:s| you)\b.{0,40}|i hope (?:this|that) helps\b.{0,30}|(?:feel free|let me know|please ask|don't hesitate)\b.{0,80}"
    r"|i(?:'m| am) (?:happy|glad) to help\b.{0,20}"
    r"|안녕하세요|네|예|아니요|아닙니다|아니에요|그렇습니다|그래요|그렇지 않(?:습니다|아요)|물론(?:이죠|이에요|입니다)|그럼요|맞아요|맞습니다|알겠습니다|알겠어요|천만에요|감사합니다|고맙습니다"
    r"|(?:정말 |아주 )?좋은 질문(?:이에요|입니다|이네요)|도움이 되(?:었|셨|길|시길|면).{0,20}"
    r"|(?:더 |또 |다른 )?궁금한 (?:것|점|게|내용)이 .{0,30}|언제든(?:지)? .{0,30}(?:물어|질문).{0,15})",
    re.IGNORECASE,
)


def cited(text: str) -> list[int]:
    """The numbers in square brackets, each once, in order."""
    return list(dict.fromkeys(int(number) for number in _CITED.findall(text)))


def without_citations(text: str) -> str:
    """`text` without numbers in square brackets and the space before them."""
    return re.sub(rf"[ \t]*{_CITED.pattern}", "", text)


def tidy(text: str, numbers: Iterable[int]) -> str:
    """The text with one way of citing: `[n]` inside the sentence, and only for the `numbers` of passages. Code stays."""
    known = frozenset(numbers)
    return "".join(
        piece if is_code else _tidied(piece, known) for piece, is_code in _pieces(text)
    ).strip()


def statements(text: str) -> list[Span]:
    """The sentences of a reply that say something about the subject.

    Left out: greetings and courtesies, questions to the learner, headings, lead-ins that end in a colon, code blocks, and
    what has no words beside its citations.
    """
    blocks = [match.span() for match in _CODE.finditer(text) if "\n" in match[0]]
    return [
        span
        for span in (_bare(text, span) for span in _with_citations(text))
        if not overlaps(span, blocks) and _states(text[slice(*span)])
    ]


def overlaps(span: Span, others: Iterable[Span]) -> bool:
    """Whether the span shares a position with one of the others."""
    return any(start < span[1] and span[0] < end for start, end in others)


def recited(sentence: str, numbers: Sequence[int]) -> str:
    """The sentence with `numbers` as its citations: in the place of a single one, else before its closing mark."""
    before = cited(sentence)
    if set(before) == set(numbers):
        return sentence
    if len(before) == len(numbers) == 1:
        return _CITED.sub(f"[{numbers[0]}]", sentence)
    bare = without_citations(sentence)
    if not numbers:
        return bare
    ends = _END.search(bare)
    at = ends.start() if ends else len(bare)
    return f"{bare[:at]} {''.join(f'[{number}]' for number in numbers)}{bare[at:]}"


def _tidied(text: str, known: frozenset[int]) -> str:
    text = _SEVERAL.sub(lambda match: "".join(f"[{n}]" for n in re.findall(r"\d+", match[1])), text)
    text = re.sub(
        rf"([ \t]*){_CITED.pattern}", lambda match: match[0] if int(match[2]) in known else "", text
    )
    return _AFTER_THE_END.sub(lambda match: f" {match[2].replace(' ', '')}{match[1]}", named(text))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in order, and whether each piece of it is code."""
    at = 0
    for match in _CODE.finditer(text):
        yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    yield text[at:], False


def _with_citations(text: str) -> Iterator[Span]:
    """The sentences, each with the numbers that stand behind its last word."""
    held: Span | None = None
    for start, end in sentences(text):
        behind = held is not None and "\n" not in text[held[1] : start]
        if held and behind and not any(c.isalnum() for c in without_citations(text[start:end])):
            held = (held[0], end)
            continue
        if held:
            yield held
        held = (start, end)
    if held:
        yield held


def _bare(text: str, span: Span) -> Span:
    """The sentence without the mark of its list item."""
    marker = _MARKER.match(text, *span)
    return (marker.end(), span[1]) if marker else span


def _states(sentence: str) -> bool:
    words = without_citations(sentence).strip(" \t*_\"'“”‘’")
    if not any(c.isalpha() for c in words):
        return False
    if words.startswith("#") or words.endswith(("?", "？")) or _LEAD_IN.search(words):
        return False
    return not _COURTESY.fullmatch(words.strip(" .!,。~"))
