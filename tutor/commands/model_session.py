"""A model for the length of one command: which one, opened, and closed whatever happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.llm.protocol import Client


def make_client(context: Context) -> Client:
    """A client without a model. Tests put a scripted one here."""
    from tutor.llm.hosted import HostedClient

    return HostedClient(log=context.places.log / "worker.log", threads=context.settings.threads)


def model_path(context: Context, name: str | None = None) -> Path:
    """The file of the model asked for, or of the one in use. Raises Failed, ModelNotFound."""
    from tutor.llm.installed import resolve

    wanted = name or context.settings.model
    if wanted is None:
        raise Failed(context.strings("cli.no_model"))
    return resolve(wanted, context.model_roots, context.catalog)


@asynccontextmanager
async def open_model(context: Context, path: Path) -> AsyncIterator[Client]:
    """A client with the model in `path`, until the block ends. Raises ModelError."""
    client = make_client(context)
    try:
        await client.load(path, n_ctx=context.settings.context)
        yield client
    finally:
        await client.close()
