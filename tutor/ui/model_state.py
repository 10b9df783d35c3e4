"""Which model is in use and how far it is; the one place that opens and closes clients. No Textual here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from tutor.llm.address import ModelPlace, to_load
from tutor.llm.protocol import Client, ModelError
from tutor.tutoring.voice import put_on

Stage = Literal["none", "loading", "ready", "failed"]


class ModelState(Struct, frozen=True, kw_only=True):
    """`name` is what settings call the model, `title` what a learner reads, `detail` why it failed (plain text)."""

    stage: Stage = "none"
    name: str | None = None
    title: str = ""
    detail: str = ""


class Trial(Struct, frozen=True, kw_only=True):
    """How far a model that nobody has measured is with the built-in verdicts; `total` 0: none is on trial."""

    done: int = 0
    total: int = 0


class ModelKeeper:
    """Owns at most one client. `on_change` hears of every new state, on the event loop."""

    def __init__(
        self, client_for: Callable[[ModelPlace], Client], on_change: Callable[[ModelState], None]
    ) -> None:
        self._client_for = client_for
        self._on_change = on_change
        self._client: Client | None = None
        self.state = ModelState()

    @property
    def client(self) -> Client | None:
        """The client of a model that is ready, else None."""
        return self._client if self.state.stage == "ready" else None

    async def use(self, name: str, title: str, place: ModelPlace, *, n_ctx: int) -> ModelState:
        """Close the model in use and load another; never raises ModelError, the state says how it went."""
        self._set(ModelState(stage="loading", name=name, title=title))
        await self._drop()
        self._client = client = self._client_for(place)
        try:
            await client.load(to_load(place), n_ctx=n_ctx)
            await put_on(client)
        except ModelError as error:
            await self._drop()
            self.fail(name, title, str(error))
        except BaseException:
            await client.close()
            raise
        else:
            self._set(ModelState(stage="ready", name=name, title=title))
        return self.state

    def fail(self, name: str, title: str, reason: str) -> None:
        """Say that a model cannot be used, in one line."""
        self._set(ModelState(stage="failed", name=name, title=title, detail=reason))

    async def close(self) -> None:
        """Let go of the model. Safe to call twice."""
        await self._drop()
        self._set(ModelState())

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _set(self, state: ModelState) -> None:
        self.state = state
        self._on_change(state)
