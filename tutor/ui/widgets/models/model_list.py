"""The list of models to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import events
from textual.content import Content
from textual.widgets.option_list import Option

from tutor.ui.model_choices import ModelChoice
from tutor.ui.strings import Strings
from tutor.ui.widgets.choice_list import ChoiceList
from tutor.ui.widgets.models.words import choice_line


class ModelList(ChoiceList):
    """Shows what `show` was given last. Options have the model's name as id, `extras` their own."""

    def __init__(self) -> None:
        super().__init__(id="models")
        self._choices: Sequence[ModelChoice] = ()
        self._extras: Sequence[tuple[str, str]] = ()
        self._strings = Strings("en")
        self._preselected: str | None = None

    @property
    def choice(self) -> ModelChoice | None:
        """The highlighted model; None on an extra."""
        return next((it for it in self._choices if _id(it) == self.chosen_id), None)

    @property
    def chosen_id(self) -> str | None:
        """Id of the highlighted option."""
        return self.highlighted_option.id if self.highlighted_option else None

    def show(
        self,
        choices: Sequence[ModelChoice],
        preselected: ModelChoice | None,
        strings: Strings,
        extras: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Draw the models, then `extras` (id, text) under a line; `preselected` is highlighted at first."""
        self._choices, self._extras, self._strings = choices, extras, strings
        self._preselected = _id(preselected) if preselected else None
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.size.width:
            return
        before = self.chosen_id
        self.set_options(self._rows_of(max(40, self.scrollable_content_region.width - 2)))
        ids = [option.id for option in self.options]
        wanted = before if before in ids else self._preselected
        self.highlighted = ids.index(wanted) if wanted in ids else 0 if ids else None

    def _rows_of(self, width: int) -> Iterator[Option | None]:
        for choice in self._choices:
            yield Option(choice_line(choice, width, self._strings), id=_id(choice))
        if self._extras and self._choices:
            yield None
        for id, text in self._extras:
            yield Option(Content.assemble("  ", text), id=id)


def _id(choice: ModelChoice) -> str:
    return f"{choice.where}:{choice.name}"
