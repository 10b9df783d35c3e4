"""The first start: a language, a model, the first lesson."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.content.schema import LANGUAGES, Language
from tutor.study.errors import StoreError
from tutor.study.store import Store
from tutor.ui.app import FIRST_RUN, TutorApp
from tutor.ui.downloads import size
from tutor.ui.keymap import letter_binding
from tutor.ui.model_choices import ModelChoice, first_choices
from tutor.ui.screens.base import TutorScreen
from tutor.ui.screens.choosing import ChoosingScreen
from tutor.ui.widgets.choice_list import ChoiceList
from tutor.ui.widgets.models.model_list import ModelList


class FirstRun:
    """Leads through the steps that are still open, then to the first lesson or what the app was started for."""

    def __init__(self, app: TutorApp) -> None:
        self._app = app

    def begin(self) -> None:
        if self._app.workspace.settings.language is None:
            self._app.push_screen(LanguageScreen(), self._spoken)
        else:
            self._ask_for_model()

    async def _spoken(self, language: Language | None) -> None:
        await self._app.speak(language or self._app.language)
        self._ask_for_model()

    def _ask_for_model(self) -> None:
        if self._app.workspace.settings.model:
            self._app.call_later(self._finish)
        else:
            self._app.push_screen(FirstModelScreen(), self._finish)

    async def _finish(self, _: None = None) -> None:
        app = self._app
        try:
            await app.store_call(Store.keep, FIRST_RUN, "done")
        except StoreError as error:
            app.error(error)
        if not app.go_to_start() and app.workspace.courses:
            first = app.workspace.courses[0]
            app.open_lesson(first, first.lessons[0].id)


NAMES: tuple[tuple[Language, str], ...] = (("ko", "한국어"), ("en", "English"))


class LanguageScreen(TutorScreen[Language]):
    """한국어 or English; the screen speaks the one that is highlighted."""

    AUTO_FOCUS = "#languages"

    def body(self) -> ComposeResult:
        with Vertical(classes="setup"):
            yield Static(classes="setup-title", markup=False)
            yield Static(classes="setup-text", markup=False)
            yield ChoiceList(id="languages")

    def on_mount(self) -> None:
        # Filled here: options given earlier would highlight the first one and switch to its language.
        self.query_one(ChoiceList).add_options(Option(name, id=id) for id, name in NAMES)

    def relabel(self) -> None:
        self.title_bar.place = self.strings("app.title")
        self.query_one(".setup-title", Static).update(self.strings("first_run.language"))
        self.query_one(".setup-text", Static).update(self.strings("first_run.language.about"))
        options = self.query_one(ChoiceList)
        options.highlighted = options.get_option_index(self.app.language)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.app.language = _language(event.option_id)

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        self.dismiss(self.app.language)


def _language(id: str | None) -> Language:
    return next((language for language in LANGUAGES if language == id), LANGUAGES[0])


CHOOSING = ("first_run.model", "first_run.model.about")
TOO_LITTLE = ("first_run.model", "first_run.model.too_little")
ARRIVING = ("first_run.arriving", "first_run.arriving.about")
EXTRAS = {
    "file": ("first_run.file", "first_run.file.about"),
    "none": ("first_run.none", "first_run.none.about"),
}


class FirstModelScreen(ChoosingScreen):
    """Get a model, point at a file, or go on without; while one is arriving the first lesson can be read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("enter", "go_on", "first_run.go_on", key_display="Enter"),
        letter_binding("escape", "stop", "models.stop", key_display="Esc"),
        letter_binding("f", "file", "first_run.file_key"),
        letter_binding("w", "without", "first_run.none_key"),
    ]

    def listed(self, choices: list[ModelChoice]) -> list[ModelChoice]:
        return first_choices(choices)

    def extras(self) -> list[tuple[str, str]]:
        return [(id, self.strings(key)) for id, (key, _) in EXTRAS.items()]

    def relabel(self) -> None:
        self.title_bar.place = self.strings("app.title")
        self._show_text()
        super().relabel()

    def _show_text(self) -> None:
        arriving = self.app.download.running
        title, text = ARRIVING if arriving else CHOOSING if self._choices else TOO_LITTLE
        free = size(self.app.workspace.memory_free())
        self.query_one(".setup-title", Static).update(self.strings(title))
        self.query_one(".setup-text", Static).update(self.strings(text, free=free))
        self.query_one(ModelList).display = not arriving
        self.query_one("#model-about", Static).display = not arriving
        if not arriving:
            self.query_one(ModelList).focus()

    def looked(self) -> None:
        self._show_text()

    def download_changed(self) -> None:
        self._show_text()
        super().download_changed()
        if self.app.download.stage == "done":
            self.dismiss()

    def show_about(self) -> None:
        super().show_about()
        extra = EXTRAS.get(self.query_one(ModelList).chosen_id or "")
        if extra:
            self.query_one("#model-about", Static).update(self.strings(extra[1]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        arriving = self.app.download.running
        return {"stop": arriving, "file": not arriving, "without": not arriving}.get(action, True)

    @on(OptionList.OptionSelected, "#models")
    def action_go_on(self) -> None:
        models = self.query_one(ModelList)
        if self.app.download.running or models.chosen_id == "none":
            self.dismiss()
        elif models.chosen_id == "file":
            self.add_file()
        elif models.choice:
            self.take(models.choice)

    def action_file(self) -> None:
        self.add_file()

    def action_without(self) -> None:
        self.dismiss()

    def action_stop(self) -> None:
        self.app.stop_download()

    def taken(self, choice: ModelChoice | None) -> None:
        if choice is None or choice.where != "available":
            self.dismiss()
