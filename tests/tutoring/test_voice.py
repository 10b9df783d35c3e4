"""The adapter that the tutor speaks with: only the one that ships for this model, these prompts and this very file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tutor.llm.fitted import AdapterFile, Fingerprint
from tutor.llm.protocol import BadModel, WorkerDied
from tutor.llm.scripted import ScriptedClient
from tutor.paths import bundled
from tutor.tutoring import voice
from tutor.tutoring.prompts import VERSION
from tutor.tutoring.voice import Voice, load_all, put_on

ADAPTER = AdapterFile(file="tutor-m.gguf", bytes=4, sha256=hashlib.sha256(b"GGUF").hexdigest())


async def worn(client: ScriptedClient, folder: Path, **changes: Any) -> Voice | None:
    """What `client` speaks with where `folder` holds its adapter and a voice, with `changes`."""
    info = (await client.status()).model
    assert info is not None
    model = Fingerprint(
        name="m", architecture=info.architecture, parameters=info.parameters, bytes=info.bytes
    )
    fields = {"model": model, "adapter": ADAPTER, "prompt": VERSION, "trained_on": "", **changes}
    folder.joinpath("m.json").write_bytes(msgspec.json.encode(Voice(licence="", **fields)))
    folder.joinpath("broken.json").write_text("{")
    if not folder.joinpath(ADAPTER.file).exists():
        folder.joinpath(ADAPTER.file).write_bytes(b"GGUF")
    return await put_on(client, voices=folder, adapters=folder)


def put(client: ScriptedClient) -> list[str]:
    """The adapters it was told to wear, and where."""
    return [
        f"{asked.lane} {message.content}"
        for asked in client.requests
        if asked.call == "adapters"
        for message in asked.messages
    ]


async def test_a_model_speaks_with_the_adapter_that_ships_for_it(tmp_path: Path) -> None:
    client = ScriptedClient()
    found = await worn(client, tmp_path)
    assert found is not None
    assert found.adapter == ADAPTER
    assert put(client) == [f"chat {tmp_path / ADAPTER.file}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "another"},
        {"model": Fingerprint(name="m", architecture="scripted", parameters=5, bytes=0)},
        {"adapter": msgspec.structs.replace(ADAPTER, file="gone.gguf")},
        {"adapter": msgspec.structs.replace(ADAPTER, sha256="0" * 64)},
    ],
    ids=["other prompts", "another model", "no file", "another file"],
)
async def test_any_other_leaves_the_model_as_it_came(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    client = ScriptedClient()
    assert await worn(client, tmp_path, **changes) is None
    assert put(client) == []


async def test_a_server_wears_nothing(tmp_path: Path) -> None:
    client = ScriptedClient(capabilities=frozenset({"choose"}))
    assert await worn(client, tmp_path) is None


async def test_an_adapter_that_does_not_fit_is_no_failure_of_the_model(tmp_path: Path) -> None:
    client = ScriptedClient()
    client.fail_next(BadModel("no adapter for this model"))
    assert await worn(client, tmp_path) is None


async def test_a_model_that_dies_of_it_is_one(tmp_path: Path) -> None:
    client = ScriptedClient()
    client.fail_next(WorkerDied("gone"))
    with pytest.raises(WorkerDied):
        await worn(client, tmp_path)


def test_what_ships_answers_the_prompts_of_today_with_the_adapter_that_is_there() -> None:
    for each in load_all(bundled("models") / "tutoring"):
        path = bundled("models") / "adapters" / each.adapter.file
        assert each.prompt == voice.VERSION
        assert each.adapter.is_at(path)
        assert each.adapter.bytes == path.stat().st_size < 10_000_000
