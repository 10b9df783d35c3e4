"""One item on the screen: its question, where it is answered, its hints, and its result."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Markdown

from tutor.content.schema import Explain, Language, say
from tutor.grading.answer import Answer
from tutor.grading.verdict import Verdict
from tutor.ui.screens.quiz_desk import Opening
from tutor.ui.widgets.course_markdown import CourseMarkdown
from tutor.ui.widgets.items import item_widget
from tutor.ui.widgets.items.text import printed
from tutor.ui.widgets.result import HintLadder, ResultPanel


class ItemCard(Vertical):
    """Built from what the record knows of the item; nothing on it is decided here."""

    def __init__(self, opening: Opening, language: Language, seed: int) -> None:
        super().__init__(classes="card")
        self.lesson, self.item = opening.lesson, opening.item
        self.language = language
        self.opening = opening
        self.answering = item_widget(opening.item, language, seed)
        self.hints = HintLadder(opening.item, language)
        self.result = ResultPanel(opening.item, opening.lesson, language)

    def compose(self) -> ComposeResult:
        yield CourseMarkdown(self._prompt(), classes="prompt")
        yield self.answering
        yield self.hints
        yield self.result

    async def take_up(self) -> None:
        """Show what was typed, picked and hinted before."""
        await self.hints.open(self.opening.hints, self.opening.own_hints)
        if self.opening.attempt is not None:
            self.answering.restore_answer(self.opening.attempt.answer)
        elif self.opening.draft:
            self.answering.restore(self.opening.draft)

    async def handed_in(self, answer: Answer, line: str) -> None:
        """The answer is on disk and waits for its verdict."""
        self.answering.freeze()
        self.result.with_reference = False
        await self.result.show(answer, None, line=line)

    async def waits(self, answer: Answer, line: str) -> None:
        """The answer has no verdict; what a full answer says is there to compare with, and `line` says what to do."""
        self.answering.freeze()
        self.result.with_reference = isinstance(self.item, Explain)
        await self.result.show(answer, None, line=line)

    async def judged(self, answer: Answer, verdict: Verdict) -> None:
        """Show a verdict that graded the answer."""
        if isinstance(self.item, Explain):
            self.answering.freeze()
            # To say whether an unsure point was met, one needs to see what a full answer says.
            self.result.with_reference |= verdict.verdict == "unsure"
        else:
            self.answering.mark(verdict)
        await self.result.show(answer, verdict)

    async def speak(self, language: Language) -> None:
        """Everything in another language, with all that was typed, picked and judged."""
        self.language = language
        await self.query_one(".prompt", Markdown).update(self._prompt())
        self.answering.speak(language)
        await self.hints.speak(language)
        await self.result.speak(language)

    def _prompt(self) -> str:
        return printed(say(self.item.prompt, self.language))
