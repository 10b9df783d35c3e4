"""The lesson reader: contents at the left, one measured column of text, the tutor when called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import OptionList, Static

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Item, Language, Lesson, Term, say
from tutor.study.errors import StoreError
from tutor.tutoring.corpus import Corpus
from tutor.ui.keymap import letter_binding
from tutor.ui.lesson_notes import LessonNotes
from tutor.ui.screens.base import TutorScreen
from tutor.ui.talk_words import topic
from tutor.ui.widgets.lesson.contents import ContentsList
from tutor.ui.widgets.lesson.reader import Place, Reader
from tutor.ui.widgets.tutor_panel import TutorPanel

if TYPE_CHECKING:
    from tutor.tutoring.explain import Request
    from tutor.tutoring.followup import FollowUp
    from tutor.ui.screens.explaining import Choice


class LessonScreen(TutorScreen[None]):
    """Opens at `section`, or where it was left; what was read and where one is goes into the record as it happens."""

    AUTO_FOCUS = "Reader"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("escape", "back", "app.back", key_display="Esc"),
        letter_binding("n", "section(1)", "lesson.next"),
        letter_binding("p", "section(-1)", "lesson.previous"),
        letter_binding("t", "tutor", "lesson.tutor"),
        letter_binding("e", "explain", "lesson.explain"),
        letter_binding("q", "quiz", "lesson.quiz"),
        letter_binding("g", "glossary", "lesson.glossary"),
        letter_binding("c", "contents", "lesson.contents"),
        letter_binding("a", "talks", "lesson.talks", show=False),
    ]

    def __init__(
        self,
        course: LoadedCourse,
        lesson: Lesson,
        section: str | None = None,
        *,
        talk: str | None = None,
    ) -> None:
        """`talk`: the scope of one to go on with, about the lesson or an item of it."""
        super().__init__()
        self.course, self.lesson = course, lesson
        self.notes = LessonNotes(self.app.workspace.store, course, lesson)
        self._corpus = Corpus.of([course])
        self._wanted, self._talk = section, talk
        self._ready = False
        self._spoken: Language | None = None

    def body(self) -> ComposeResult:
        with Horizontal(id="lesson"):
            yield ContentsList()
            yield Reader(self.lesson)

    def on_mount(self) -> None:
        self._open()

    @property
    def reader(self) -> Reader:
        return self.query_one(Reader)

    def relabel(self) -> None:
        self.title_bar.place = say(self.lesson.title, self.app.language)
        end = self.strings("lesson.end_of_text", count=len(self.lesson.items))
        self.query_one("#lesson-end", Static).update(end)
        if self._ready:
            self._speak_again()

    # Opening, and coming back to where one was

    @work(group="lesson")
    async def _open(self) -> None:
        place = (0, 0.0)
        try:
            place = await self.notes.open()
        except StoreError as error:
            self.app.error(error)
        with self.while_here():
            await self._speak()
            self.call_after_refresh(self._arrive, self._wanted, Place(*place))

    def _arrive(self, section: str | None, place: Place) -> None:
        self._ready = True
        if self._spoken != self.app.language:
            self._speak_again()
        with self.while_here():
            if section is None or not self.show_section(section):
                self.reader.go_to(place)
            if self._talk is not None:
                self.call_later(self.talk_about, self._talk)

    @work(group="lesson", exclusive=True)
    async def _speak_again(self) -> None:
        with self.while_here():
            place = self.reader.place
            await self._speak()
            self.call_after_refresh(self.reader.go_to, place)

    async def _speak(self) -> None:
        self._spoken = self.app.language
        await self.reader.speak(self._spoken)

    def show_section(self, section: str) -> bool:
        """Go to a section and set it off; False when the lesson has no such section."""
        ids = [each.id for each in self.lesson.sections]
        if section not in ids:
            return False
        self.reader.mark_found(ids.index(section))
        self.reader.go_to(Place(ids.index(section), 0.0))
        return True

    # While reading

    @on(Reader.Moved)
    def _moved(self) -> None:
        if self._ready:
            self._note(self.reader.seen)

    @on(Reader.Arrived)
    def _arrived(self) -> None:
        self._note(())

    def _note(self, seen: Sequence[str]) -> None:
        """Keep the place, and the sections of `seen` as read."""
        place = self.reader.place
        self.notes.note(self.lesson.sections[place.section].id, place.share, seen)
        self._show_contents()
        # The app's worker, not the screen's: it is to end its work when the screen is left.
        self.app.run_worker(self._write(), group="notes")

    async def _write(self) -> None:
        try:
            await self.notes.write()
        except StoreError as error:
            self.app.error(error)

    def _show_contents(self) -> None:
        sections = self.lesson.sections
        headings = [say(section.heading, self.app.language) for section in sections]
        read = [at for at, section in enumerate(sections) if section.id in self.notes.read]
        self.query_one(ContentsList).show(headings, self.reader.current, read)

    def action_section(self, by: int) -> None:
        """On to the next section, which leaves the present one read, or back."""
        current = self.reader.current
        seen = [*self.reader.seen, self.lesson.sections[current].id] if by > 0 else []
        self.reader.mark_found(None)
        self.reader.go_to(Place(current + by, 0.0))
        self.reader.focus()
        self._note(seen)

    def action_contents(self) -> None:
        contents = self.query_one(ContentsList)
        shown = contents.display
        self.toggle_class("-contents-toggled")
        (self.reader if shown else contents).focus()

    @on(OptionList.OptionSelected, "#contents")
    def _contents_chosen(self, event: OptionList.OptionSelected) -> None:
        self.reader.mark_found(None)
        self.reader.go_to(Place(event.option_index, 0.0))
        if self.has_class("-narrow"):
            self.remove_class("-contents-toggled")
        self.reader.focus()

    def action_glossary(self) -> None:
        from tutor.ui.screens.glossary import GlossaryDialog

        section = self.lesson.sections[self.reader.current]
        near = f"{say(section.heading, self.app.language)} {say(section.body, self.app.language)}"
        self.app.push_screen(GlossaryDialog(self.course.glossary, near))

    def action_quiz(self) -> None:
        self._note(self.reader.seen)
        self.app.start_quiz(self.course, self.lesson.id)

    def action_talks(self) -> None:
        self.app.open_talks()

    async def action_back(self) -> None:
        if self.has_class("-narrow") and self.has_class("-contents-toggled"):
            self.action_contents()
        else:
            await self._write()
            self.dismiss()

    # The tutor

    async def action_tutor(self) -> None:
        (await self._panel()).focus_question()

    def action_explain(self) -> None:
        """Choose what the tutor is to do with the section in view, and have it done."""
        from tutor.ui.screens.explaining import ExplainDialog

        at = self.reader.current
        self.app.push_screen(ExplainDialog(self.lesson, at), partial(self._chosen, at))

    async def _chosen(self, at: int, choice: Choice | None) -> None:
        from tutor.tutoring.explain import retold

        if choice == "term":
            self.action_glossary()
        elif choice == "compare":
            self._compare(at)
        elif choice is not None:
            section = self.lesson.sections[at].id
            await self._explain(retold(choice, self.lesson, section, self.app.language))

    def _compare(self, at: int) -> None:
        from tutor.tutoring.explain import compared
        from tutor.ui.screens.explaining import CompareDialog

        async def chosen(other: str | Term | None) -> None:
            if other is not None:
                section, language = self.lesson.sections[at].id, self.app.language
                await self._explain(compared(self.lesson, section, other, language))

        self.app.push_screen(CompareDialog(self.lesson, at, self.course.glossary), chosen)

    async def _explain(self, request: Request) -> None:
        panel = await self._panel()
        panel.focus_question()
        panel.explain(request)

    async def _panel(self) -> TutorPanel:
        """The tutor's panel, opened where it is not open yet."""
        panels = self.query(TutorPanel)
        if panels:
            return panels.first()
        return await self._talk_panel(f"{self.course.course.id}/{self.lesson.id}")

    async def talk_about(self, scope: str, section: str | None = None) -> None:
        """Go on with a talk about the lesson or an item of it, beside `section`."""
        if section is not None:
            self.show_section(section)
        (await self._talk_panel(scope)).focus_question()

    async def _talk_panel(self, scope: str) -> TutorPanel:
        """A panel for this talk, in place of the one that is open."""
        about = topic(scope, [self.course])
        followup = partial(self._followup, about.item if about else None)
        await self.query(TutorPanel).remove()
        panel = TutorPanel(scope, followup, headings=self._headings)
        await self.query_one("#lesson").mount(panel)
        self.add_class("-talking")
        return panel

    def _headings(self) -> dict[str, str]:
        """Of the whole course: a reply may cite another lesson, and then that one's title is said too."""
        language, found = self.app.language, {}
        for lesson in self.course.lessons:
            before = "" if lesson is self.lesson else f"{say(lesson.title, language)} › "
            for section in lesson.sections:
                found[f"{lesson.id}/{section.id}"] = f"{before}{say(section.heading, language)}"
        return found

    def _followup(self, item: Item | None) -> FollowUp | None:
        if self.app.client is None:
            return None
        from tutor.tutoring.followup import FollowUp

        client, language, grader = self.app.client, self.app.language, self.app.grader
        return FollowUp(
            client, self.lesson, language, item=item, corpus=self._corpus, grader=grader
        )

    @on(TutorPanel.Closed)
    async def _tutor_closed(self) -> None:
        self.remove_class("-talking")
        await self.query(TutorPanel).remove()
        self.reader.focus()

    @on(TutorPanel.PassageChosen)
    def _passage_chosen(self, event: TutorPanel.PassageChosen) -> None:
        lesson, _, section = event.passage.partition("/")
        if lesson == self.lesson.id:
            self.show_section(section)
        else:
            self.app.open_lesson(self.course, lesson, section)
