"""An answer in the learner's own words."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import TextArea

from tutor.content.schema import Explain, Language
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.ui.widgets.items.base import ItemWidget
from tutor.ui.widgets.items.text import printed


class AnswerArea(TextArea):
    """A few lines that wrap and grow. Tab leaves it; Ctrl+S and F5 are the screen's and hand in."""

    def __init__(self) -> None:
        super().__init__(
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            classes="answer-area",
            compact=True,
        )


class ExplainItem(ItemWidget):
    """The draft is the text itself. Once handed in, the result shows the words; the area is hidden."""

    KIND = "explain"

    def __init__(self, item: Explain, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.item = item

    def compose_parts(self) -> ComposeResult:
        yield AnswerArea()

    @property
    def area(self) -> AnswerArea:
        return self.query_one(AnswerArea)

    def answer(self) -> Answer:
        return ExplainAnswer(text=self.area.text)

    def missing(self) -> int:
        return int(not self.area.text.strip())

    def draft(self) -> str:
        return self.area.text

    def restore(self, draft: str) -> None:
        self.area.text = printed(draft)
        self.area.move_cursor(self.area.document.end)

    def restore_answer(self, answer: Answer) -> None:
        if isinstance(answer, ExplainAnswer):
            self.restore(answer.text)

    def placed(self) -> None:
        # Textual wraps on Resize, and sends none where something asked for the area's region before its first layout.
        area = self.area
        area.post_message(Resize(area.size, area.virtual_size, area.container_size))

    def focus_answer(self) -> None:
        self.area.focus()

    def freeze(self) -> None:
        super().freeze()
        self.area.disabled = True
        self.display = False

    def refresh_parts(self) -> None:
        self.area.placeholder = self.strings("item.explain.placeholder")

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if not self.locked:
            self.post_message(self.Drafted(self.draft()))
