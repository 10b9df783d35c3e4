"""The models screen: which are here, which can be had, which is in use."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widgets import OptionList, Static

from tutor.llm import installed
from tutor.llm.installed import ModelNotFound
from tutor.ui.downloads import size
from tutor.ui.keymap import letter_binding
from tutor.ui.model_choices import ModelChoice
from tutor.ui.screens.choosing import ChoosingScreen
from tutor.ui.screens.dialogs import ConfirmDialog
from tutor.ui.widgets.models.model_list import ModelList


class ModelsScreen(ChoosingScreen):
    """Enter uses or gets the highlighted model; a download goes on when one leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("s", "stop", "models.stop"),
        letter_binding("a", "add", "models.add"),
        letter_binding("x", "remove", "models.remove"),
        letter_binding("u", "unload", "models.unload"),
        letter_binding("r", "reset_thresholds", "models.reset"),
        letter_binding("escape", "back", "app.back", key_display="Esc"),
    ]

    def on_mount(self) -> None:
        super().on_mount()
        self.watch(self.app, "following", self._following_changed, init=False)

    def relabel(self) -> None:
        self.title_bar.place = self.strings("app.models")
        self.query_one(".setup-title", Static).display = False
        self.query_one(".setup-text", Static).update(self.strings("models.about"))
        super().relabel()

    @property
    def _choice(self) -> ModelChoice | None:
        return self.query_one(ModelList).choice

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stop":
            return self.app.download.running
        if action == "remove":
            return self._choice is not None and self._choice.here and not self._choice.address
        if action == "unload":
            return self.app.model.stage != "none"
        if action == "reset_thresholds":
            return self.app.following > 0
        return True

    @on(OptionList.OptionSelected, "#models")
    def action_take(self) -> None:
        if self._choice:
            self.take(self._choice)

    def action_stop(self) -> None:
        self.app.stop_download()

    def action_add(self) -> None:
        self.add_file()

    def action_remove(self) -> None:
        choice = self._choice
        if choice and choice.here and not choice.address:
            key = "models.forget_it" if choice.added else "models.remove_it"
            dialog = ConfirmDialog(key, model=choice.title, size=size(choice.bytes))
            self.app.push_screen(dialog, partial(self._confirmed, choice))

    def _confirmed(self, choice: ModelChoice, yes: bool | None) -> None:
        if yes:
            self._remove(choice)

    @work(group="remove", exclusive=True)
    async def _remove(self, choice: ModelChoice) -> None:
        workspace = self.app.workspace
        if choice.where == "in_use":
            await self.app.forget_model()
        try:
            await asyncio.to_thread(
                installed.remove, choice.name, workspace.model_roots, workspace.catalog
            )
        except (ModelNotFound, OSError) as error:
            self.app.error(error)
        self.look()

    async def action_unload(self) -> None:
        await self.app.forget_model()

    def looked(self) -> None:
        self._follow()

    @work(group="follow", exclusive=True)
    async def _follow(self) -> None:
        # Beside `look`, since the model may be busy and the list must not wait for it.
        await self.app.read_following()

    def _following_changed(self) -> None:
        with self.while_here():
            self.show_about()
            self.refresh_bindings()

    def action_reset_thresholds(self) -> None:
        following, title = self.app.following, self.app.model.title
        dialog = ConfirmDialog("models.reset_it", model=title, count=following)
        self.app.push_screen(dialog, self._reset_confirmed)

    def _reset_confirmed(self, yes: bool | None) -> None:
        if yes:
            self._reset_thresholds()

    @work(group="reset", exclusive=True)
    async def _reset_thresholds(self) -> None:
        await self.app.reset_thresholds()

    def action_back(self) -> None:
        self.dismiss()
