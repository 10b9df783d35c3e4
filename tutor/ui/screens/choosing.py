"""What the models screen and the first start share: the list, what is said of a model, and taking one into use."""

from __future__ import annotations

import asyncio

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from tutor.grading.calibration import Calibration, load_all
from tutor.llm import installed
from tutor.llm.gguf import BadGguf
from tutor.llm.offered import offered
from tutor.ui.model_choices import Machine, ModelChoice, all_choices, preselected
from tutor.ui.screens.base import TutorScreen
from tutor.ui.screens.dialogs import AddFileDialog
from tutor.ui.widgets.models.download_line import DownloadLine
from tutor.ui.widgets.models.model_list import ModelList
from tutor.ui.widgets.models.words import About, choice_about

LINES_BESIDE, DOWNLOAD_LINES, FEWEST_LINES = 16, 3, 4


class ChoosingScreen(TutorScreen[None]):
    """Subclasses say which models they list and what happens when one was taken."""

    AUTO_FOCUS = "ModelList"

    def __init__(self) -> None:
        super().__init__()
        self._free = 0
        self._choices: list[ModelChoice] = []
        self._tried: list[Calibration] = []

    def body(self) -> ComposeResult:
        with Vertical(classes="setup"):
            yield Static(classes="setup-title", markup=False)
            yield Static(classes="setup-text", markup=False)
            yield ModelList()
            yield Static(id="model-about", markup=False)
            yield DownloadLine()

    def on_mount(self) -> None:
        self.watch(self.app, "model", self._model_changed, init=False)
        self.watch(self.app, "download", self._download_changed, init=False)
        self.watch(self.app, "trial", self._trial_changed, init=False)

    def relabel(self) -> None:
        self.look()

    def on_resize(self, event: events.Resize) -> None:
        self._leave_room(event.size.height)

    def _leave_room(self, height: int) -> None:
        """Let the list scroll before it pushes what is said of a model off the screen."""
        below = LINES_BESIDE + (DOWNLOAD_LINES if self.query_one(DownloadLine).shown else 0)
        self.query_one(ModelList).styles.max_height = max(FEWEST_LINES, height - below)

    def listed(self, choices: list[ModelChoice]) -> list[ModelChoice]:
        """The models this screen offers."""
        return choices

    def extras(self) -> list[tuple[str, str]]:
        """Other things to choose, as (id, text)."""
        return []

    def taken(self, choice: ModelChoice | None) -> None:
        """A model was taken into use or is on its way; None for a file that was added."""

    @work(group="look", exclusive=True)
    async def look(self) -> None:
        """See again which models there are."""
        workspace = self.app.workspace
        in_use = self.app.model.name if self.app.model.stage in ("loading", "ready") else None
        try:
            self._free = workspace.memory_free()
            context = workspace.settings.context
            machine = Machine(self._free, self.app.language, in_use, context)
            here = await asyncio.to_thread(workspace.installed)
            self._tried = await asyncio.to_thread(load_all, workspace.places.tried)
            elsewhere = await asyncio.to_thread(offered, here, workspace.environ, workspace.home)
        except OSError as error:
            self.app.error(error)
            return
        self._choices = self.listed(all_choices(workspace.catalog, here, elsewhere, machine))
        best = preselected(self._choices, self.app.language)
        with self.while_here():
            self.query_one(ModelList).show(self._choices, best, self.strings, self.extras())
            self.show_about()
            self.looked()

    def looked(self) -> None:
        """The models were seen again."""

    def show_about(self) -> None:
        """Say what there is to say of the highlighted model."""
        choice, kept = self.query_one(ModelList).choice, self.app.workspace.settings.kept_limit
        about = About(self._free, kept, self._tried, self.app.trial, self.app.following)
        self.query_one("#model-about", Static).update(
            choice_about(choice, about, self.app.language, self.strings) if choice else ""
        )

    @on(OptionList.OptionHighlighted, "#models")
    def _highlighted(self) -> None:
        self.show_about()
        self.refresh_bindings()

    def _model_changed(self) -> None:
        self.look()

    def _trial_changed(self) -> None:
        if not self.app.trial.total:
            self.look()
        with self.while_here():
            self.show_about()

    def _download_changed(self) -> None:
        with self.while_here():
            self.download_changed()

    def download_changed(self) -> None:
        """The download went on, or ended."""
        self._leave_room(self.size.height)
        if not self.app.download.running:
            self.look()
        self.refresh_bindings()

    def take(self, choice: ModelChoice) -> None:
        """Use a model that is here, make one of another program ours, or fetch it."""
        if choice.problem:
            self.app.notify(choice.problem, severity="error", markup=False)
        elif choice.where == "offered":
            self._take_offered(choice)
        elif choice.where == "available" and choice.catalogued:
            self.app.fetch_model(choice.catalogued)
            self.taken(choice)
        else:
            self.app.use_model(choice.name)
            self.taken(choice)

    @work(group="take", exclusive=True)
    async def _take_offered(self, choice: ModelChoice) -> None:
        if choice.path is None:
            return
        into = self.app.workspace.places.models
        try:
            name = await asyncio.to_thread(installed.add, choice.path, into, choice.name)
        except (BadGguf, OSError) as error:
            self.app.error(error)
            return
        self.app.use_model(name)
        self.taken(choice)

    def add_file(self) -> None:
        """Ask for a file, and use it."""
        self.app.push_screen(AddFileDialog(), self._added)

    def _added(self, name: str | None) -> None:
        if name:
            self.app.use_model(name)
            self.look()
            self.taken(None)
