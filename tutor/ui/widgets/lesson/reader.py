"""The column of text, and where in it one is."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from tutor.content.schema import Language, Lesson
from tutor.tutoring.passages import passages
from tutor.ui.keymap import letter_binding
from tutor.ui.widgets.lesson.section_view import SectionView


class Place(NamedTuple):
    """A section by its index, and how far into it, 0..1 of its height."""

    section: int
    share: float


class Reader(VerticalScroll):
    """Sections one under the other. `place` survives another language and another width."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("j,down", "scroll_down", "lesson.down", show=False, key_display="j ↓"),
        letter_binding("k,up", "scroll_up", "lesson.up", show=False, key_display="k ↑"),
        letter_binding("space,pagedown", "page_down", "lesson.page_down", key_display="Space"),
        letter_binding("b,pageup", "page_up", "lesson.page_up", show=False, key_display="b PgUp"),
        letter_binding("home", "scroll_home", "lesson.top", show=False, key_display="Home"),
        letter_binding("end", "scroll_end", "lesson.end", show=False, key_display="End"),
    ]

    class Moved(Message):
        """The learner read on: another part of the text is in view, or there is no more."""

    class Arrived(Message):
        """A place was gone to at once, by `go_to`."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(id="reader")
        self.lesson = lesson
        self._pinned: tuple[float, int] | None = None
        self._width = 0
        self._kept = Place(0, 0.0)

    def compose(self) -> ComposeResult:
        for section in self.lesson.sections:
            yield SectionView(section)
        yield Static(id="lesson-end", markup=False)

    @property
    def views(self) -> list[SectionView]:
        return list(self.query(SectionView))

    @property
    def place(self) -> Place:
        index = self.current
        view = self.views[index]
        into = self.scroll_y - view.virtual_region.y
        return Place(index, min(1.0, max(0.0, into / max(1, view.virtual_region.height))))

    @property
    def current(self) -> int:
        """Index of the section at the top of the screen, or of the one that was jumped to and cannot be at the top."""
        if self._pinned and self._pinned[0] == self.scroll_y:
            return self._pinned[1]
        tops = [view.virtual_region.y for view in self.views]
        return max((at for at, top in enumerate(tops) if top <= self.scroll_y + 1), default=0)

    @property
    def seen(self) -> list[str]:
        """Ids of the sections whose last line is above the lower edge of the screen."""
        edge = self.scroll_y + self.scrollable_content_region.height
        return [view.section.id for view in self.views if view.virtual_region.bottom - 1 <= edge]

    async def speak(self, language: Language) -> None:
        """Show all sections in `language`; done when their text stands."""
        shown = passages(self.lesson, language)
        for view in self.views:
            numbers = [each.n for each in shown if each.section == view.section.id]
            await view.speak(language, numbers)

    def go_to(self, place: Place) -> None:
        """Bring a place to the top of the screen, at once."""
        at = min(max(0, place.section), len(self.views) - 1)
        region = self.views[at].virtual_region
        y = region.y + round(place.share * region.height)
        with self.prevent(self.Moved):
            self.scroll_to(y=y, animate=False, immediate=True)
        self._pinned = (self.scroll_y, at)
        self._kept = place._replace(section=at)
        self.post_message(self.Arrived())

    def mark_found(self, index: int | None) -> None:
        """Set one section off as the one that was looked for, or none."""
        for at, view in enumerate(self.views):
            view.mark_found(at == index)

    def action_page_down(self) -> None:
        if self.scroll_y >= self.max_scroll_y:
            self.post_message(self.Moved())
        else:
            super().action_page_down()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        # In between, the text has another width already and the place is not there any more.
        if self.outer_size.width == self._width:
            self._kept = self.place
            self.post_message(self.Moved())

    def on_resize(self, event: events.Resize) -> None:
        """Keep the place when the text gets another width."""
        before, self._width = self._width, self.outer_size.width
        if before not in (0, self._width):
            self.call_after_refresh(self.go_to, self._kept)
