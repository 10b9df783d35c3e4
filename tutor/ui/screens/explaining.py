"""What the tutor can do with the section in view, and what to compare it with."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.content.schema import Glossary, Language, Lesson, Term, say
from tutor.ui.keymap import letter_binding
from tutor.ui.screens.base import TutorDialog
from tutor.ui.screens.glossary import matching
from tutor.ui.widgets.items.text import one_line

Choice = Literal["simpler", "example", "other_language", "compare", "term"]
CHOICES: tuple[Choice, ...] = ("simpler", "example", "other_language", "compare", "term")


class ExplainDialog(TutorDialog[Choice]):
    """One thing to do with passage `n`; Esc: nothing."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("enter", "ask", "lesson.explain.ask", key_display="Enter", priority=True),
        letter_binding("escape", "dismiss", "app.back", key_display="Esc"),
    ]

    def __init__(self, lesson: Lesson, at: int) -> None:
        """`at`: the section's index in the lesson."""
        super().__init__()
        self._lesson, self._at = lesson, at

    def box(self) -> ComposeResult:
        yield Static(classes="dialog-title", markup=False)
        yield OptionList(id="explain-choices", markup=False)

    def relabel(self) -> None:
        heading = one_line(say(self._lesson.sections[self._at].heading, self.app.language))
        title = self.strings("lesson.explain.title", n=self._at + 1, heading=heading)
        self.query_one(".dialog-title", Static).update(Content(title))
        choices = self.query_one(OptionList)
        highlighted = choices.highlighted or 0
        choices.set_options(Option(self.strings(f"lesson.explain.{each}")) for each in CHOICES)
        choices.highlighted = highlighted

    def action_ask(self) -> None:
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(CHOICES[event.option_index])


class CompareDialog(TutorDialog["str | Term"]):
    """Another section of the lesson (its id), or a term of the glossary: typing searches, the arrows choose."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("down", "step(1)", "lesson.glossary.next", show=False),
        letter_binding("up", "step(-1)", "lesson.glossary.previous", show=False),
        letter_binding("enter", "ask", "lesson.explain.ask", key_display="Enter", priority=True),
        letter_binding("escape", "dismiss", "app.back", key_display="Esc"),
    ]

    def __init__(self, lesson: Lesson, at: int, glossary: Glossary) -> None:
        super().__init__()
        self._lesson, self._at, self._glossary = lesson, at, glossary
        self._found: list[str | Term] = []

    def box(self) -> ComposeResult:
        yield Static(classes="dialog-title", markup=False)
        yield Input(id="compare-search", compact=True)
        found = OptionList(id="compare-found", markup=False)
        found.can_focus = False
        yield found

    def relabel(self) -> None:
        heading = one_line(say(self._lesson.sections[self._at].heading, self.app.language))
        title = self.strings("lesson.explain.with", heading=heading)
        self.query_one(".dialog-title", Static).update(Content(title))
        self.query_one(Input).placeholder = self.strings("lesson.explain.search")
        self._search()

    @on(Input.Changed)
    def _search(self) -> None:
        typed, language = self.query_one(Input).value, self.app.language
        sections = self._sections(typed, language)
        terms = matching(self._glossary, typed, language)
        self._found = [*(id for id, _ in sections), *terms]
        shown = self.query_one(OptionList)
        lines = [line for _, line in sections]
        lines += [Content(one_line(say(term.term, language))) for term in terms]
        shown.set_options(Option(line) for line in lines)
        shown.highlighted = 0 if self._found else None

    def _sections(self, typed: str, language: Language) -> list[tuple[str, Content]]:
        """The other sections whose heading has what was typed: id, and the line with their number."""
        found = []
        for at, section in enumerate(self._lesson.sections):
            heading = one_line(say(section.heading, language))
            if at != self._at and typed.strip().casefold() in heading.casefold():
                number = (f"[{at + 1}] ", "$foreground-muted")
                found.append((section.id, Content.assemble(number, heading)))
        return found

    def action_step(self, by: int) -> None:
        shown = self.query_one(OptionList)
        if shown.highlighted is not None:
            shown.highlighted = (shown.highlighted + by) % len(self._found)

    def action_ask(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.dismiss(self._found[at])

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found[event.option_index])
