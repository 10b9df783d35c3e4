"""What every item widget can do, whatever its kind."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tutor.content.schema import Item, Language
from tutor.grading.answer import Answer
from tutor.grading.verdict import Verdict
from tutor.ui.strings import Strings


class ItemWidget(Vertical):
    """An item waiting for its answer. Subclasses hold the learner's picks; nothing here decides a score.

    `seed` shuffles what is shown shuffled, the same on every opening.
    """

    KIND: ClassVar[str]
    locked: reactive[bool] = reactive(False)

    class Submitted(Message):
        """The learner hands in. `missing` parts are still empty: worth asking once before it counts."""

        def __init__(self, answer: Answer, missing: int) -> None:
            super().__init__()
            self.answer, self.missing = answer, missing

    class Drafted(Message):
        """Something was typed or picked; `text` is what `restore` takes."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Refused(Message):
        """There is nothing yet that could be handed in."""

    def __init__(self, item: Item, language: Language, seed: int = 0) -> None:
        super().__init__(classes=f"item item-{self.KIND}")
        self.language = language
        self.seed = seed
        self.verdict: Verdict | None = None

    @property
    def strings(self) -> Strings:
        return Strings(self.language)

    def answer(self) -> Answer | None:
        """What would be handed in now; None where nothing can be."""
        raise NotImplementedError

    def missing(self) -> int:
        """How many parts are still empty."""
        raise NotImplementedError

    def restore_answer(self, answer: Answer) -> None:
        """Show an answer given before; one of another kind (the item was edited since) is left alone."""
        raise NotImplementedError

    def refresh_parts(self) -> None:
        """Draw everything again from what is picked, the language and the verdict."""
        raise NotImplementedError

    def placed(self) -> None:
        """The widget has its place on the screen."""

    def focus_answer(self) -> None:
        """Put the focus where answering goes on."""
        self.focus()

    def draft(self) -> str:
        """What is picked or typed so far, as text that `restore` takes."""
        answer = self.answer()
        return "" if answer is None else msgspec.json.encode(answer).decode()

    def restore(self, draft: str) -> None:
        """Take up a draft again; one that does not fit the item any more is left alone."""
        try:
            answer = msgspec.json.decode(draft, type=Answer)
        except (msgspec.DecodeError, UnicodeError):
            return
        self.restore_answer(answer)

    def speak(self, language: Language) -> None:
        """Go on in another language; nothing picked or typed is lost."""
        self.language = language
        self.refresh_parts()
        self.query_one(".item-keys", Static).update(self.keys_line())

    def freeze(self) -> None:
        """Take no more changes: the answer is handed in."""
        self.locked = True
        self.add_class("-locked")

    def mark(self, verdict: Verdict) -> None:
        """Lock, and show which parts were right and which were not."""
        self.verdict = verdict
        self.freeze()
        self.refresh_parts()

    def hand_in(self) -> None:
        """Post what there is as `Submitted`."""
        if self.locked:
            return
        answer = self.answer()
        if answer is None:
            self.post_message(self.Refused())
        else:
            self.post_message(self.Submitted(answer, self.missing()))

    def changed(self) -> None:
        """Draw the change and let the draft be saved."""
        self.refresh_parts()
        self.post_message(self.Drafted(self.draft()))

    def keys_line(self) -> str:
        """One line that says which keys answer this kind."""
        return self.strings(f"item.{self.KIND}.keys")

    def compose_parts(self) -> ComposeResult:
        """The widgets of this kind."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield from self.compose_parts()
        yield Static(self.keys_line(), classes="item-keys", markup=False)

    def on_mount(self) -> None:
        self.refresh_parts()

    def met(self, part: str) -> bool | None:
        """Whether the verdict counts the part `part` as right; one without parts speaks for all. None without a verdict."""
        if self.verdict is None:
            return None
        if not self.verdict.points:
            return self.verdict.verdict == "full"
        return next(
            (point.verdict == "met" for point in self.verdict.points if point.id == part), None
        )


def reveal(widget: Widget) -> None:
    """Scroll so that the whole of `widget` can be seen."""
    widget.scroll_visible(animate=False)
