"""Everything under an answer that was handed in: how it did, why, and what a full answer says."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Markdown, Static

from tutor.content.schema import Explain, Item, Language, Lesson, say
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.feedback import Feedback
from tutor.grading.verdict import Verdict
from tutor.ui.strings import Strings
from tutor.ui.widgets.course_markdown import CourseMarkdown
from tutor.ui.widgets.items.text import inline, one_line, printed
from tutor.ui.widgets.result.points import PointList
from tutor.ui.widgets.result.summary import remark, summary
from tutor.ui.widgets.result.words import learner_words


class ResultPanel(Vertical):
    """Empty until `show`; then it follows verdict and language. Hidden parts take no room."""

    def __init__(self, item: Item, lesson: Lesson, language: Language) -> None:
        super().__init__(classes="result")
        self.item = item
        self.lesson = lesson
        self.language = language
        self.answer: Answer | None = None
        self.verdict: Verdict | None = None
        self.line = ""
        self.with_reference = False
        self._reworded = (Feedback(()), "")
        self.display = False

    @property
    def text(self) -> str:
        """The learner's words; "" for a closed item."""
        return self.answer.text if isinstance(self.answer, ExplainAnswer) else ""

    @property
    def points(self) -> PointList | None:
        return self.query_one(PointList) if isinstance(self.item, Explain) else None

    def compose(self) -> ComposeResult:
        yield Static("", classes="result-label words-label", markup=False)
        yield Static("", classes="result-words", markup=False)
        yield Static("", classes="result-summary", markup=False)
        yield Static("", classes="result-remark", markup=False)
        yield Static("", classes="result-line", markup=False)
        if isinstance(self.item, Explain):
            yield PointList(self.item, self.lesson)
        yield Vertical(classes="result-replies")
        yield CourseMarkdown(classes="result-note")
        yield Static("", classes="result-label reference-label", markup=False)
        yield CourseMarkdown(classes="result-reference")

    async def show(self, answer: Answer, verdict: Verdict | None, *, line: str = "") -> None:
        """Draw the result. `verdict` None: handed in, not judged; `line` says what is going on or what to do."""
        self.answer, self.verdict, self.line = answer, verdict, line
        self.display = True
        await self._draw()

    def say_line(self, line: str) -> None:
        """Change only the line under the summary."""
        self.line = line
        shown = self.query_one(".result-line", Static)
        shown.display = bool(line)
        shown.update(Content(printed(line)))

    async def toggle_reference(self) -> None:
        self.with_reference = not self.with_reference
        await self._draw()

    async def speak(self, language: Language) -> None:
        self.language = language
        if self.answer is not None:
            await self._draw()

    @property
    def graded(self) -> bool:
        return self.verdict is not None and self.verdict.score is not None

    async def _draw(self) -> None:
        strings = Strings(self.language)
        explain = isinstance(self.item, Explain)
        self._static("words-label", strings("result.your_answer") if explain else "")
        words = (
            learner_words(self.text, self.verdict)
            if self.text.strip()
            else Content(strings("result.empty_answer"))
        )
        self._static("result-words", words if explain else "")
        self._static(
            "result-summary",
            summary(self.item, self.verdict, strings) if self.verdict and self.graded else "",
        )
        self._static("result-remark", self._remark_text())
        self.say_line(self.line)
        self._draw_points()
        await self._draw_replies(strings)
        note = say(self.item.note, self.language) if self.item.note and self.graded else ""
        await self._markdown("result-note", note)
        reference = (
            say(self.item.reference, self.language)
            if isinstance(self.item, Explain) and self.with_reference
            else ""
        )
        self._static("reference-label", strings("result.reference") if reference else "")
        await self._markdown("result-reference", reference)

    @property
    def feedback(self) -> Feedback:
        """What is said of the verdict, from templates."""
        if not isinstance(self.item, Explain) or self.verdict is None:
            return Feedback(())
        return remark(self.item, self.text, self.verdict, self.language, self.lesson.sections)

    def reword(self, feedback: Feedback, words: str) -> None:
        """Show `feedback` in other words from now on, for as long as it is what there is to say."""
        self._reworded = (feedback, words)
        self._static("result-remark", self._remark_text())

    def _remark_text(self) -> str:
        feedback = self.feedback
        known, words = self._reworded
        # What is met and what is missing stands beside each point just below.
        return one_line(words if feedback == known else " ".join(feedback.brief))

    def _draw_points(self) -> None:
        if self.points is not None:
            self.points.display = self.graded or self.with_reference
            self.points.show(self.verdict if self.graded else None, self.text, self.language)

    async def _draw_replies(self, strings: Strings) -> None:
        box = self.query_one(".result-replies", Vertical)
        await box.remove_children()
        believed = set(self.verdict.misconceptions) if self.verdict and self.graded else set()
        replies = [
            Content.assemble(
                (f"! {strings('result.misconception')} ", "bold $text-warning"),
                (f"“{printed(say(each.text, self.language))}”", "italic"),
                "\n",
                inline(say(each.reply, self.language)),
            )
            for each in (self.item.misconceptions if isinstance(self.item, Explain) else [])
            if each.id in believed
        ]
        box.display = bool(replies)
        await box.mount_all(
            [Static(reply, classes="result-reply", markup=False) for reply in replies]
        )

    def _static(self, name: str, content: Content | str) -> None:
        shown = self.query_one(f".{name}", Static)
        shown.display = bool(content)
        shown.update(Content(content) if isinstance(content, str) else content)

    async def _markdown(self, name: str, text: str) -> None:
        shown = self.query_one(f".{name}", Markdown)
        shown.display = bool(text)
        await shown.update(printed(text))
