"""The adapter that the tutor speaks with: worn where it talks, by a model that one was trained for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from tutor.llm.fitted import AdapterFile, Fingerprint, read_all
from tutor.llm.protocol import Client, ModelInfo
from tutor.paths import bundled
from tutor.tutoring.prompts import VERSION


class Voice(Struct, frozen=True, kw_only=True):
    """A file of `models/tutoring`. `prompt`: the version of the prompts that the adapter was trained to answer."""

    model: Fingerprint
    adapter: AdapterFile
    prompt: str
    trained_on: str
    licence: str


def load_all(folder: Path) -> list[Voice]:
    """Those in a folder, by the names of their files."""
    return read_all(folder, Voice)


def choose(voices: Sequence[Voice], info: ModelInfo) -> Voice | None:
    """The one for this model that answers the prompts of today."""
    fitting = (each for each in voices if each.model.matches(info) and each.prompt == VERSION)
    return next(fitting, None)


async def put_on(
    client: Client, *, voices: Path | None = None, adapters: Path | None = None
) -> Voice | None:
    """Let a model that was just loaded speak with the adapter that ships for it; None leaves it as it came.

    It stays on for all that this client says, hints and explanations included: to take it off and on would cost the lesson's
    KV cache each time. Raises ModelError when the model is gone.
    """
    info = (await client.status()).model
    if info is None or "adapters" not in client.capabilities:
        return None
    found = choose(load_all(voices or bundled("models") / "tutoring"), info)
    if found is None:
        return None
    folder = adapters or bundled("models") / "adapters"
    return found if await found.adapter.put_on(client, folder, "chat") else None
