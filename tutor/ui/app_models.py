"""The model behind the screens: loading, switching, fetching, all in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.reactive import reactive
from textual.worker import Worker

from tutor.llm.address import RemoteAddress
from tutor.llm.catalog import CatalogModel
from tutor.llm.protocol import Client, ModelError
from tutor.llm.pull import PullProgress
from tutor.study import overrules
from tutor.study.errors import StoreError
from tutor.study.overrules import Following
from tutor.ui.app_base import LONG_NOTICE, BaseApp
from tutor.ui.downloads import Download
from tutor.ui.model_state import ModelKeeper, ModelState, Trial
from tutor.ui.remote_words import leaving_line
from tutor.ui.workspace import Workspace

if TYPE_CHECKING:
    from tutor.grading.grader import Grader


class ModelApp(BaseApp):
    """Screens watch `model`, `download`, `trial` and `following`: how many corrections the thresholds follow, 0 if none."""

    model: reactive[ModelState] = reactive(ModelState(), init=False)
    download: reactive[Download] = reactive(Download(), init=False)
    trial: reactive[Trial] = reactive(Trial(), init=False)
    following: reactive[int] = reactive(0, init=False)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.keeper = ModelKeeper(workspace.client_for, self._model_changed)
        self._grader: tuple[Client | None, Grader] | None = None

    @property
    def client(self) -> Client | None:
        """The model in use, once it is ready."""
        return self.keeper.client

    @property
    def grader(self) -> Grader:
        """Grades with the model in use; closed items need none."""
        from tutor.grading.grader import Grader

        if self._grader is None or self._grader[0] is not self.client:
            own = overrules.learner(self.workspace.store)
            grader = Grader(self.client, tried=self.workspace.places.tried, own=own, sparing=True)
            self._grader = (self.client, grader)
        return self._grader[1]

    async def model_settled(self) -> ModelState:
        """The model's state, once a load under way has ended."""
        loads = [worker.wait() for worker in self.workers if worker.group == "model"]
        await asyncio.gather(*loads, return_exceptions=True)
        return self.model

    def use_model(self, name: str) -> Worker[None]:
        """Load a model in the background, keep the choice once it works, and let go of the one in use."""
        return self._load_model(name)

    @work(group="model", exclusive=True)
    async def _load_model(self, name: str) -> None:
        workspace = self.workspace
        title = workspace.model_title(name)
        try:
            place = await asyncio.to_thread(workspace.model_place, name)
        except Exception as error:
            await self.keeper.close()
            self.keeper.fail(name, title, str(error))
            return
        state = await self.keeper.use(name, title, place, n_ctx=workspace.settings.context)
        if state.stage != "ready":
            return
        if name != workspace.settings.model:
            await self.keep_settings(model=name)
        if isinstance(place, RemoteAddress):
            await self._tell_where_answers_go(place)
        elif (
            workspace.tries_models
        ):  # never unasked on a server: the verdicts would leave, and may cost money
            self._try_out(self.grader, title)

    @work(group="try_out", exclusive=True)
    async def _try_out(self, grader: Grader, title: str) -> None:
        """See how well a model that nobody has measured grades; it gives way to everything else meanwhile."""
        from tutor.grading.self_test import can_grade

        try:
            if not await grader.untried():
                return
            found = await grader.try_out(report=self._tried_so_far)
        except (ModelError, OSError):
            return  # it grades on as an unmeasured model, and is tried again the next time
        finally:
            self.trial = Trial()
        self.say(
            "app.model.can_grade" if can_grade(found) else "app.model.cannot_grade", model=title
        )

    def _tried_so_far(self, done: int, total: int) -> None:
        self.trial = Trial(done=done, total=total)

    async def _tell_where_answers_go(self, address: RemoteAddress) -> None:
        """The first time for each server that is not this machine."""
        if address.leaves_this_machine and self.workspace.settings.leaves_to != address.server:
            line = leaving_line(address, self.strings)
            self.notify(line, severity="warning", markup=False, timeout=LONG_NOTICE)
            await self.keep_settings(leaves_to=address.server)

    async def read_following(self) -> Following | None:
        """See again whether the thresholds of the model in use follow the learner; None also where that can't be told."""
        found = None
        try:
            if self.client is not None and await self.store_call(overrules.enough):
                versions, curve = await self.grader.measured()
                found = await self.store_call(overrules.following, versions, curve)
        except (ModelError, StoreError):
            pass  # whatever is the matter is told where it is in the learner's way
        self.following = found.corrections if found else 0
        return found

    async def reset_thresholds(self) -> None:
        """Let the model in use grade as it was measured again."""
        try:
            versions, _ = await self.grader.measured()
            await self.store_call(overrules.reset, versions.model)
        except (ModelError, StoreError) as error:
            self.error(error)
        await self.read_following()

    async def forget_model(self) -> None:
        """Go on without a model."""
        self.workers.cancel_group(self, "model")
        self.workers.cancel_group(self, "try_out")
        await self.keeper.close()
        await self.keep_settings(model=None)

    def fetch_model(self, model: CatalogModel) -> None:
        """Download a model in the background; another under way is stopped first, its bytes kept."""
        if not (self.download.running and self.download.model is model):
            earlier = self.workers.cancel_group(self, "pull")
            self._pull(model, earlier)

    def stop_download(self) -> None:
        """Stop; what has arrived is kept, and the next start goes on from there."""
        self.workers.cancel_group(self, "pull")

    @work(group="pull")
    async def _pull(self, model: CatalogModel, earlier: Sequence[Worker[object]]) -> None:
        await asyncio.gather(*(worker.wait() for worker in earlier), return_exceptions=True)
        self.download = Download(stage="running", model=model)
        try:
            await self.workspace.pull(
                model,
                self.workspace.places.models,
                on_progress=lambda now: self._arriving(model, now),
            )
        except asyncio.CancelledError:
            stopped = Download(stage="stopped", model=model, progress=self.download.progress)
            self.download = stopped
            raise
        except Exception as error:
            self.download = Download(stage="failed", model=model, error=error)
            self.error(error)
        else:
            self.download = Download(stage="done", model=model)
            self.say("models.arrived", model=model.title)
            if self.model.stage in ("none", "failed"):
                self.use_model(model.name)

    def _arriving(self, model: CatalogModel, progress: PullProgress) -> None:
        self.download = Download(stage="running", model=model, progress=progress)

    def _model_changed(self, state: ModelState) -> None:
        self.model = state
        if state.stage == "failed":
            line = self.strings("app.model.failed_why", model=state.title, detail=state.detail)
            self.notify(line, severity="error", markup=False, timeout=LONG_NOTICE)
