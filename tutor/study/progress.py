"""How far the learner is: item by item, lesson by lesson, and which points are still weak."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tutor.content.schema import Explain, Lesson
from tutor.grading.verdict import Outcome
from tutor.study.payloads import LessonOpened, SectionRead
from tutor.study.store import Store

if TYPE_CHECKING:
    from tutor.content.loader import LoadedCourse

MASTERED = 0.99
"""The score of the last graded answer from which an item is mastered."""

_COLUMNS = (
    "item, attempts, best_score, last_answer, last_outcome, last_at, graded_answer, graded_score"
)

# With max(), SQLite takes the other columns from the row that has the maximum: here the last state.
_POINT_STATES = """
    SELECT answers.item, points.point, sum(points.state = 'unmet'), max(answers.id), points.state
    FROM answers JOIN points ON points.answer = answers.id
    WHERE answers.item >= ? AND answers.item < ? AND answers.score IS NOT NULL
    GROUP BY answers.item, points.point
"""


class Progress(Struct, frozen=True, kw_only=True):
    """One item. Scores are 0..1, of graded answers only; `last_verdict` is of the latest answer, None until judged."""

    attempts: int
    last_score: float | None
    best_score: float | None
    last_verdict: Outcome | None
    last_at: str

    @property
    def mastered(self) -> bool:
        return self.last_score is not None and self.last_score >= MASTERED


class LessonProgress(Struct, frozen=True, kw_only=True):
    """One lesson. `mean_score` is the mean of the last scores of its graded items; `opened_at` when it last was."""

    lesson: str
    items: int
    attempted: int
    mastered: int
    mean_score: float | None
    opened_at: str | None
    sections: int
    sections_read: tuple[str, ...]

    @property
    def opened(self) -> bool:
        return self.opened_at is not None


class WeakPoint(Struct, frozen=True):
    """A rubric point that the item's last answer missed; `times` counts the answers that did."""

    point: str
    item: str
    times: int


def opened(store: Store, course: str, lesson: str) -> None:
    """Record that a lesson was opened."""
    store.append("lesson_opened", LessonOpened(course=course, lesson=lesson))


def section_read(store: Store, course: str, lesson: str, section: str) -> None:
    """Record that a section was read to its end; the first time only."""
    known = "SELECT 1 FROM sections WHERE course = ? AND lesson = ? AND section = ?"
    if not store.query(known, course, lesson, section):
        store.append("section_read", SectionRead(course=course, lesson=lesson, section=section))


def progress(store: Store, item: str, *old: str) -> Progress | None:
    """How an item ("course/item") went; `old` are its former keys (see `keys`). None when never answered."""
    keys = (item, *old)
    rows = store.query(
        f"SELECT {_COLUMNS} FROM progress WHERE item IN ({', '.join('?' * len(keys))})", *keys
    )
    return _together([_Row(*row) for row in rows])


def item_progress(store: Store, course: LoadedCourse) -> dict[str, Progress]:
    """Every item of the course that was answered, by its present id."""
    rows: dict[str, list[_Row]] = {}
    for row in store.query(
        f"SELECT {_COLUMNS} FROM progress WHERE item >= ? AND item < ?", *_span(course)
    ):
        today = course.address(row[0].split("/", 1)[1])
        rows.setdefault(today.split("/", 1)[1], []).append(_Row(*row))
    return {name: found for name, same in rows.items() if (found := _together(same))}


def course_progress(store: Store, course: LoadedCourse) -> list[LessonProgress]:
    """Every lesson of the course, in its order."""
    of_items = item_progress(store, course)
    opened_at: dict[str, str] = dict(
        store.query("SELECT lesson, opened_at FROM lessons WHERE course = ?", course.course.id)
    )
    read = set(
        store.query("SELECT lesson, section FROM sections WHERE course = ?", course.course.id)
    )
    return [_lesson(lesson, of_items, opened_at.get(lesson.id), read) for lesson in course.lessons]


def weakest(
    store: Store, course: LoadedCourse, lesson: Lesson | None = None, limit: int = 3
) -> list[WeakPoint]:
    """The points of a lesson (or the whole course) that the last answer missed, those missed most often first."""
    rubrics = {
        course.address(item.id): (item.id, {point.id for point in item.points})
        for each in ([lesson] if lesson else course.lessons)
        for item in each.items
        if isinstance(item, Explain)
    }
    seen: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for key, point, times, last, state in store.query(_POINT_STATES, *_span(course)):
        item, points = rubrics.get(course.address(key.split("/", 1)[1]), ("", set()))
        if point in points:
            seen.setdefault((item, point), []).append((times, last, state))
    weak = [
        WeakPoint(point=point, item=item, times=sum(times for times, _, _ in rows))
        for (item, point), rows in seen.items()
        if max((last, state) for _, last, state in rows)[1] == "unmet"
    ]
    return sorted(weak, key=lambda each: (-each.times, each.item, each.point))[:limit]


class _Row(Struct, frozen=True):
    item: str
    attempts: int
    best_score: float | None
    last_answer: str
    last_outcome: Outcome | None
    last_at: str
    graded_answer: str | None
    graded_score: float | None


def _together(rows: Sequence[_Row]) -> Progress | None:
    """The rows of one item under its several names, as one."""
    if not rows:
        return None
    last = max(rows, key=lambda row: row.last_answer)
    graded = max(rows, key=lambda row: row.graded_answer or "")
    return Progress(
        attempts=sum(row.attempts for row in rows),
        last_score=graded.graded_score,
        best_score=max(
            (row.best_score for row in rows if row.best_score is not None), default=None
        ),
        last_verdict=last.last_outcome,
        last_at=last.last_at,
    )


def _lesson(
    lesson: Lesson, of_items: dict[str, Progress], opened_at: str | None, read: set[tuple[Any, ...]]
) -> LessonProgress:
    seen = [of_items[item.id] for item in lesson.items if item.id in of_items]
    return LessonProgress(
        lesson=lesson.id,
        items=len(lesson.items),
        attempted=len(seen),
        mastered=sum(each.mastered for each in seen),
        mean_score=_mean(each.last_score for each in seen),
        opened_at=opened_at,
        sections=len(lesson.sections),
        sections_read=tuple(
            section.id for section in lesson.sections if (lesson.id, section.id) in read
        ),
    )


def _mean(scores: Iterable[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None


def _span(course: LoadedCourse) -> tuple[str, str]:
    # "0" is the character after "/": everything that starts with "course/".
    return f"{course.course.id}/", f"{course.course.id}0"
