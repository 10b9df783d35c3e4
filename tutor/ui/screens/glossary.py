"""The glossary of a course, searched as one types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.content.schema import Glossary, Language, Term, say
from tutor.ui.keymap import letter_binding
from tutor.ui.screens.base import TutorDialog
from tutor.ui.widgets.course_markdown import CourseMarkdown


def matching(glossary: Glossary, query: str, language: Language) -> list[Term]:
    """Terms that contain `query` in any language or spelling; those that begin with it first, then by name."""
    wanted = query.strip().casefold()
    found = [term for term in glossary.terms if any(wanted in name for name in names(term))]
    return sorted(
        found,
        key=lambda term: (
            not any(name.startswith(wanted) for name in names(term)),
            say(term.term, language).casefold(),
        ),
    )


def occurring(glossary: Glossary, text: str) -> list[Term]:
    """Terms that stand in `text` under any of their names, as words of their own where they are not Korean."""
    folded = text.casefold()
    return [term for term in glossary.terms if any(_stands(name, folded) for name in names(term))]


def _stands(name: str, text: str) -> bool:
    after = "" if any("가" <= c <= "힣" for c in name) else r"(?![a-z0-9])"
    return re.search(rf"(?<![a-z0-9가-힣]){re.escape(name)}{after}", text) is not None


def names(term: Term) -> Iterator[str]:
    """Everything the term is called, case-folded."""
    for text in term.term.values():
        yield text.casefold()
    for spellings in term.also.values():
        yield from (spelling.casefold() for spelling in spellings)


class GlossaryDialog(TutorDialog[None]):
    """Typing searches, the arrows choose; the definition shows at once."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("down", "step(1)", "lesson.glossary.next", show=False),
        letter_binding("up", "step(-1)", "lesson.glossary.previous", show=False),
        letter_binding("escape", "dismiss", "app.back", key_display="Esc"),
    ]

    def __init__(self, glossary: Glossary, near: str = "") -> None:
        """`near`: the text that was read; before anything is typed its terms are listed first."""
        super().__init__()
        self._glossary = glossary
        self._near = frozenset(term.id for term in occurring(glossary, near))
        self._terms: list[Term] = []

    def box(self) -> ComposeResult:
        yield Static(classes="dialog-title", markup=False)
        yield Input(id="glossary-search", compact=True)
        terms = OptionList(id="glossary-terms", markup=False)
        terms.can_focus = False
        yield terms
        yield CourseMarkdown(id="glossary-definition")

    def relabel(self) -> None:
        self.query_one(".dialog-title", Static).update(self.strings("lesson.glossary"))
        self.query_one(Input).placeholder = self.strings("lesson.glossary.search")
        self._search()

    @on(Input.Changed)
    def _search(self) -> None:
        language = self.app.language
        self._terms = matching(self._glossary, self.query_one(Input).value, language)
        if not self.query_one(Input).value.strip():
            self._terms.sort(key=lambda term: term.id not in self._near)
        terms = self.query_one(OptionList)
        terms.set_options(Option(self._line(term)) for term in self._terms)
        terms.highlighted = 0 if self._terms else None
        if not self._terms:
            self._define(None)

    def _line(self, term: Term) -> Content:
        language = self.app.language
        others = [
            text
            for key, text in term.term.items()
            if key != language and text != say(term.term, language)
        ]
        return Content.assemble(
            say(term.term, language), ("  " + " · ".join(others), "$foreground-muted")
        )

    def action_step(self, by: int) -> None:
        terms = self.query_one(OptionList)
        if terms.highlighted is not None:
            terms.highlighted = (terms.highlighted + by) % len(self._terms)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._define(self._terms[event.option_index])

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.dismiss()

    def _define(self, term: Term | None) -> None:
        text = (
            say(term.definition, self.app.language)
            if term
            else self.strings("lesson.glossary.nothing")
        )
        self.query_one(CourseMarkdown).update(text)
