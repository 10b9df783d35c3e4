"""The table of a model's replies and hints, and what they have to reach: from what was kept, without any model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from msgspec import Struct

from tests.benchmarks.grading.targets import Target
from tests.benchmarks.tutoring.labelled import Question, questions
from tests.benchmarks.tutoring.labels import Checked, checked
from tests.benchmarks.tutoring.record import Reply
from tutor.content.schema import LANGUAGES, Language
from tutor.grading.calibration import Curve
from tutor.grading.signals import language_of

_ELSEWHERE = re.compile(r"[぀-ヿ㐀-䶿一-鿿Ѐ-ӿ؀-ۿ]")
_HANGUL = re.compile(r"[가-힣]")
Labels = dict[tuple[str, str], list[str]]
Says = Callable[[float], bool]


class Scored(Struct, frozen=True):
    """Sums over the replies of one way in one language; `None` where there is nothing to take a share of."""

    replies: int
    by_model: int
    kept: int
    refused: int
    unanswerable: int
    refused_rightly: int
    says_point: int
    points: int
    forbidden: int
    claims: int
    statements: int
    cited: int
    marked: int
    citations_read: int
    citations_right: int
    read: int
    unsupported: int
    unmarked: int
    unread: int
    gold_citations: int
    citations: int
    gold_replies: int
    answerable: int
    words: float
    ratios: list[float]


def kept(text: str, language: Language) -> bool:
    """Whether a reply is in the language of its question: its letters are, and none is of a third script. Of a reply too short
    to tell, `196년이 걸립니다.`, Hangul says so."""
    found = language_of(text) or ("ko" if _HANGUL.search(text) else "en")
    return found == language and not _ELSEWHERE.search(text)


def score(replies: Sequence[Reply], language: Language, labels: Labels, says: Says) -> Scored:
    """`says`: whether a margin (nats) means that a reply states a claim."""
    asked = {each.id: each for each in questions(language)}
    mine = [reply for reply in replies if reply.question in asked]
    read, unread = _read(mine, labels)
    answerable = [reply for reply in mine if asked[reply.question].answered_by]
    statements = [stated for reply in mine for stated in reply.statements]
    wrong = [each for each in read if not each.is_supported]
    gold = [_gold(reply, asked[reply.question]) for reply in answerable]
    return Scored(
        replies=len(mine),
        by_model=sum(reply.by_model for reply in mine),
        kept=sum(kept(reply.shown, language) for reply in mine),
        refused=sum(reply.refused for reply in mine),
        unanswerable=len(mine) - len(answerable),
        refused_rightly=sum(
            reply.refused for reply in mine if not asked[reply.question].answered_by
        ),
        says_point=sum(says(reply.point) for reply in answerable),
        points=len(answerable),
        forbidden=sum(says(margin) for reply in mine for margin in reply.forbidden),
        claims=sum(len(reply.forbidden) for reply in mine),
        statements=len(statements),
        cited=sum(bool(stated.cites) for stated in statements),
        marked=sum(stated.marked for stated in statements),
        citations_read=sum(len(each.stated.cites) for each in read),
        citations_right=sum(each.right for each in read),
        read=len(read),
        unsupported=len(wrong),
        unmarked=sum(not each.stated.marked for each in wrong),
        unread=unread,
        gold_citations=sum(right for right, _ in gold),
        citations=sum(all_of_them for _, all_of_them in gold),
        gold_replies=sum(right > 0 for right, _ in gold),
        answerable=len(answerable),
        words=median(len(reply.shown.split()) for reply in mine) if mine else 0,
        ratios=[reply.first / reply.step for reply in mine if reply.first and reply.step],
    )


def lines(scored: Sequence[tuple[str, Scored]]) -> Iterator[str]:
    """The table, a column for each of `scored`."""
    yield f"{'':44}" + "".join(f"{name:>12}" for name, _ in scored)
    for name, cell in _ROWS:
        yield f"{name:44}" + "".join(f"{cell(each):>12}" for _, each in scored)


def targets(tutor: dict[Language, Scored], bare: dict[Language, Scored]) -> Iterator[Target]:
    """Over both languages; a figure that nothing was measured for is never met."""
    both = [tutor[language] for language in LANGUAGES if language in tutor]
    alone = [bare[language] for language in LANGUAGES if language in bare]
    yield Target("language kept", _share(both, "kept", "replies"), 0.98)
    yield Target(
        "citation precision, read by hand", _share(both, "citations_right", "citations_read"), 0.9
    )
    stated = _share(both, "forbidden", "claims")
    floor = _share(alone, "forbidden", "claims")
    ratio = stated / floor if floor else float("nan")
    yield Target("forbidden claims, of the baseline's", ratio, 0.3, at_most=True)
    ratios = [ratio for each in both for ratio in each.ratios]
    first = median(ratios) if ratios else float("nan")
    yield Target("first word, in steps of decoding", first, 6, at_most=True)


def says_by(curve: Curve) -> Says:
    """By the curve of rubric points, at even odds."""
    return lambda margin: curve.probability(margin, 0.0) >= 0.5


def _read(replies: Sequence[Reply], labels: Labels) -> tuple[list[Checked], int]:
    found, unread = [], 0
    for reply in replies:
        mine, others = checked(reply, labels)
        found += mine
        unread += len(others)
    return found, unread


def _gold(reply: Reply, question: Question) -> tuple[int, int]:
    """Of the passages that a reply cites, each once: those that answer the question, and all."""
    answers = {f"{where.lesson}/{where.section}" for where in question.answered_by}
    cites = {passage for stated in reply.statements for passage in stated.cites}
    return len(cites & answers), len(cites)


def _share(parts: Sequence[Scored], some: str, of: str) -> float:
    whole = sum(getattr(each, of) for each in parts)
    return sum(getattr(each, some) for each in parts) / whole if whole else float("nan")


def _of(some: int, of: int) -> str:
    return f"{some / of:.3f}" if of else "-"


_ROWS: list[tuple[str, Callable[[Scored], str]]] = [
    ("replies", lambda s: str(s.replies)),
    ("  written by the model", lambda s: str(s.by_model)),
    ("language kept", lambda s: _of(s.kept, s.replies)),
    ("says what a right answer has to, by the judge", lambda s: _of(s.says_point, s.points)),
    ("states a forbidden claim, by the judge", lambda s: f"{s.forbidden}/{s.claims}"),
    ("says first that the lesson has no answer", lambda s: str(s.refused)),
    ("  where it has none", lambda s: f"{s.refused_rightly}/{s.unanswerable}"),
    ("statements", lambda s: str(s.statements)),
    ("  with a citation", lambda s: _of(s.cited, s.statements)),
    ("  marked as not of the lesson", lambda s: _of(s.marked, s.statements)),
    ("citations right, read by hand", lambda s: _of(s.citations_right, s.citations_read)),
    ("  citations read", lambda s: str(s.citations_read)),
    ("statements read by hand", lambda s: str(s.read)),
    ("  that the lesson does not say", lambda s: str(s.unsupported)),
    ("    and that are not marked", lambda s: str(s.unmarked)),
    ("  that nobody has read", lambda s: str(s.unread)),
    ("passages cited that answer the question", lambda s: _of(s.gold_citations, s.citations)),
    ("replies that cite one of these", lambda s: _of(s.gold_replies, s.answerable)),
    ("words, median", lambda s: f"{s.words:g}"),
    ("first word, in steps of decoding, median", lambda s: f"{median(s.ratios):.1f}" if s.ratios else "-"),
]  # fmt: skip
