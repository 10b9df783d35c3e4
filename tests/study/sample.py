"""A course, verdicts and a clock that stands still until told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Course, Explain, Glossary, Item, Lesson, Point, Section, TrueFalse
from tutor.grading.answer import ExplainAnswer, TrueFalseAnswer
from tutor.grading.overrule import with_point
from tutor.grading.own_thresholds import ENOUGH
from tutor.grading.verdict import Outcome, PointState, PointVerdict, Verdict, Versions
from tutor.study import record
from tutor.study.store import Store

SEOUL = timezone(timedelta(hours=9))
NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=SEOUL)


class FrozenClock:
    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **delta: float) -> None:
        self.at += timedelta(**delta)


class CountingBits:
    """Stands for the random source: 1, 2, 3, ..."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, bits: int) -> int:
        self.count += 1
        return self.count % (1 << bits)


def true_false(id: str) -> TrueFalse:
    return TrueFalse(id=id, section="what", prompt={"en": f"{id}?"}, hints=[], answer=True)


def explain(id: str, *points: str) -> Explain:
    return Explain(
        id=id,
        section="what",
        prompt={"en": f"Explain {id}."},
        hints=[],
        reference={"en": "..."},
        points=[Point(id=point, text={"en": point}) for point in points],
    )


def lesson(id: str, *items: Item) -> Lesson:
    sections = [
        Section(id=name, heading={"en": name}, body={"en": name}) for name in ("what", "why")
    ]
    return Lesson(id=id, title={"en": id}, sections=sections, items=list(items))


def course(*lessons: Lesson, aliases: dict[str, str] | None = None) -> LoadedCourse:
    about = Course(
        id="llm",
        title={"en": "LLM"},
        description={"en": "."},
        languages=["en"],
        lessons=[each.id for each in lessons],
        licence="MIT",
        aliases=aliases or {},
    )
    return LoadedCourse(about, tuple(lessons), Glossary(terms=[]), Path("llm"))


def verdict(
    score: float | None, outcome: Outcome | None = None, item: str = "a", **points: PointState
) -> Verdict:
    named: Outcome = "full" if score == 1 else "partial" if score else "none"
    return Verdict(
        item=item,
        language="en",
        score=score,
        verdict=outcome or named,
        points=[
            PointVerdict(id=id, probability=0.5, verdict=state, evidence=(0, 3), by="model")
            for id, state in points.items()
        ],
        versions=Versions(model="m", prompt="p1"),
    )


def answer(store: Store, item: str, session: str | None = None, text: str = "because") -> str:
    return record.answered(store, session, item, "cafe", ExplainAnswer(text), "en", 1, 2.5)


def answer_true(store: Store, item: str, session: str | None = None) -> str:
    return record.answered(store, session, item, None, TrueFalseAnswer(True), "en", 0, 1)


def graded(store: Store, item: str, score: float | None, **points: PointState) -> str:
    """An answer with its verdict; the answer's id."""
    id = answer(store, item)
    outcome: Outcome | None = "ungraded" if score is None else None
    record.judged(store, id, verdict(score, outcome, item.split("/")[1], **points))
    return id


def corrected(
    store: Store,
    versions: Versions,
    count: int = ENOUGH,
    *,
    probability: float = 0.6,
    met: bool = True,
) -> None:
    """Answers of which a model was unsure, and the learner always said the same."""
    item = explain("a", "x")
    point = PointVerdict(id="x", probability=probability, verdict="unsure", by="model")
    unsure = Verdict(
        item="a", language="en", score=0, verdict="unsure", points=[point], versions=versions
    )
    for _ in range(count):
        id = answer(store, "llm/a")
        record.judged(store, id, unsure)
        record.overruled(store, id, "x", met, with_point(unsure, item, "x", met))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
