"""What any screen may lean on: the language, the strings, the record, and one line for whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from textual.app import App
from textual.filter import LineFilter
from textual.reactive import reactive

from tutor.content.schema import LANGUAGES, Language
from tutor.settings import SettingsError
from tutor.study.store import Store
from tutor.ui.crash import keep_traceback
from tutor.ui.errors import error_line
from tutor.ui.filters import SafeText
from tutor.ui.strings import Strings
from tutor.ui.workspace import Workspace, likely_language

P = ParamSpec("P")
R = TypeVar("R")

LONG_NOTICE = 10.0
"""Seconds an error stays on the screen."""


class BaseApp(App[int]):
    """Screens watch `language` and say everything again in `strings` when it changes; the tutor watches `socratic`."""

    language: reactive[Language] = reactive("en", init=False)
    socratic: reactive[bool] = reactive(False, init=False)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        language = workspace.settings.language or likely_language(workspace.environ)
        self.set_reactive(BaseApp.language, language)
        self.set_reactive(BaseApp.socratic, workspace.settings.socratic)
        self.strings = Strings(language)
        self._safe_text = SafeText()
        if workspace.settings.theme in self.available_themes:
            self.theme = workspace.settings.theme

    def watch_language(self, language: Language) -> None:
        self.strings = Strings(language)
        self.refresh_bindings()

    async def action_switch_language(self) -> None:
        """The next language, at once, everywhere."""
        following = LANGUAGES[(LANGUAGES.index(self.language) + 1) % len(LANGUAGES)]
        await self.speak(following)

    async def speak(self, language: Language) -> None:
        """Go on in `language`, and remember it."""
        self.language = language
        await self.keep_settings(language=language)

    async def switch_socratic(self) -> None:
        """Turn Socratic mode on or off, and remember it."""
        self.socratic = not self.socratic
        await self.keep_settings(socratic=self.socratic)

    async def action_switch_socratic(self) -> None:
        """The same from anywhere: told, because its state may not be on the screen."""
        await self.switch_socratic()
        self.say("app.socratic_on" if self.socratic else "app.socratic_off")

    async def keep_settings(self, **changes: Any) -> None:
        """Set and save settings; when they cannot be saved that is said, and they hold for this run."""
        try:
            await asyncio.to_thread(self.workspace.change_settings, **changes)
        except SettingsError as error:
            self.error(error)

    async def store_call(
        self, call: Callable[Concatenate[Store, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """`call(store, ...)` in a thread: `store_call(record.asked, scope, question)`, `store_call(Store.kept, key)`."""
        return await asyncio.to_thread(call, self.workspace.store, *args, **kwargs)

    def error(self, error: BaseException) -> None:
        """Tell in one line what went wrong and what to do."""
        line = error_line(error, self.strings)
        self.notify(line, severity="error", markup=False, timeout=LONG_NOTICE)

    def say(self, key: str, **fields: object) -> None:
        """Tell something in one line of the strings."""
        self.notify(self.strings(key, **fields), markup=False)

    def action_help_quit(self) -> None:
        self.say("app.how_to_quit")

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._safe_text]

    def _fatal_error(self) -> None:
        if self.debug:
            super()._fatal_error()
            return
        log = keep_traceback(self.workspace.places.log)
        self._exit_renderables.append(self.strings("error.crash", log=log))
        self._close_messages_no_wait()
