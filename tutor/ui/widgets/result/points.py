"""The rubric of an answer, point by point: what was met, by which words, and what teaches the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from tutor.content.schema import Explain, Language, Lesson, Point, say
from tutor.grading.feedback import words_line
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.ui.strings import Strings
from tutor.ui.widgets.items.base import reveal
from tutor.ui.widgets.items.rows import Row, RowView
from tutor.ui.widgets.items.text import inline, one_line, shortened

SIGNS = {"met": "✓", "unmet": "✗", "unsure": "?"}
_STATES = {"met": "-right", "unmet": "-wrong", "unsure": "-unsure"}
_LONGEST_QUOTE = 90


class PointList(Vertical, can_focus=True):
    """The points with their verdicts. The cursor says which one a passage or a change of verdict is about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "flip", "result.flip", id="result.flip", key_display="Enter"),
        Binding("up", "step(-1)", "result.up", show=False, id="result.up"),
        Binding("down", "step(1)", "result.down", show=False, id="result.down"),
    ]

    class Decided(Message):
        """The learner says whether a point was met."""

        def __init__(self, point: str, met: bool) -> None:
            super().__init__()
            self.point, self.met = point, met

    def __init__(self, item: Explain, lesson: Lesson) -> None:
        super().__init__(classes="points")
        self.item = item
        self.lesson = lesson
        self.cursor = -1
        self.choosing = False
        self.verdict: Verdict | None = None
        self.answer = ""
        self.language: Language = "en"

    def compose(self) -> ComposeResult:
        for index in range(len(self.item.points)):
            yield Row(index, group="point")

    def show(self, verdict: Verdict | None, answer: str, language: Language) -> None:
        """Draw the points of `verdict`; None shows the bare rubric, to compare one's answer with."""
        self.verdict, self.answer, self.language = verdict, answer, language
        self._draw()

    def verdict_on(self, point: str) -> PointVerdict | None:
        points = self.verdict.points if self.verdict else []
        return next((each for each in points if each.id == point), None)

    @property
    def unsure(self) -> str | None:
        """The point to ask about: the one under the cursor if it is unsure, else the first that is."""
        ids = [self.selected.id] if self.selected else []
        return self._first(lambda found: found.verdict == "unsure", [*ids, *self._ids()])

    @property
    def selected(self) -> Point | None:
        """The point under the cursor."""
        return self.item.points[self.cursor] if self.cursor >= 0 else None

    @property
    def section(self) -> str:
        """The section that teaches the selected point, else the first point missed, else the item."""
        missed = self._first(lambda found: found.verdict != "met", self._ids())
        chosen = self.selected.id if self.selected else missed
        point = next((each for each in self.item.points if each.id == chosen), None)
        return (point.section if point else None) or self.item.section

    def choose(self, choosing: bool) -> None:
        """Start or end choosing a point whose verdict to change."""
        self.choosing = choosing
        if choosing and self.cursor < 0:
            missed = self._first(lambda found: found.verdict != "met", self._ids())
            self.cursor = self._ids().index(missed) if missed else 0
        self.focus()
        self._draw()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.choosing if action == "flip" else True

    def action_step(self, by: int) -> None:
        last = len(self.item.points) - 1
        wanted = (0 if by > 0 else last) if self.cursor < 0 else self.cursor + by
        self.cursor = max(0, min(wanted, last))
        self._draw()
        reveal(self.query(Row)[self.cursor])

    def action_flip(self) -> None:
        point = self.selected
        found = self.verdict_on(point.id) if point else None
        if point is not None and found is not None:
            self.post_message(self.Decided(point.id, found.verdict != "met"))

    def on_row_clicked(self, event: Row.Clicked) -> None:
        event.stop()
        self.focus()
        self.cursor = event.row.index
        self._draw()

    def _ids(self) -> list[str]:
        return [point.id for point in self.item.points]

    def _first(self, wanted: Callable[[PointVerdict], bool], ids: list[str]) -> str | None:
        return next((id for id in ids if (found := self.verdict_on(id)) and wanted(found)), None)

    def _draw(self) -> None:
        for row, point in zip(self.query(Row), self.item.points, strict=True):
            row.show(self._view(point), cursor=row.index == self.cursor)

    def _view(self, point: Point) -> RowView:
        body = inline(say(point.text, self.language))
        found = self.verdict_on(point.id)
        if found is None:
            return RowView("·", body)
        return RowView(
            SIGNS[found.verdict], body, self._note(point, found), (_STATES[found.verdict],)
        )

    def _note(self, point: Point, found: PointVerdict) -> Content | None:
        strings = Strings(self.language)
        lines = [Content(line) for line in self._evidence(found)]
        if found.by == "learner":
            lines.append(Content(strings("result.by_learner")))
        elif found.verdict == "unsure":
            asked = point.id == self.unsure
            lines.append(Content(strings("result.unsure_ask" if asked else "result.unsure")))
            if words := words_line(found, self.language):
                lines.append(Content(one_line(words)))
        if found.verdict == "unmet" and (heading := self._heading(point)):
            lines.append(Content(f"→ {heading}"))
        return Content("\n").join(lines) if lines else None

    def _evidence(self, found: PointVerdict) -> list[str]:
        if found.evidence is None or found.verdict == "unmet":
            return []
        start, end = found.evidence
        words = shortened(one_line(self.answer[start:end]), _LONGEST_QUOTE)
        return [f"“{words}”"] if words else []

    def _heading(self, point: Point) -> str:
        section = self.lesson.section(point.section or self.item.section)
        return one_line(say(section.heading, self.language)) if section else ""
