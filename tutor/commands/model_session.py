"""A model for the length of one command: which one, opened, and closed whatever happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed
from tutor.commands.terminal import note

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.llm.address import ModelPlace, RemoteAddress
    from tutor.llm.protocol import Client


def make_client(context: Context) -> Client:
    """A client without a model, for files on this machine. Tests put a scripted one here."""
    from tutor.llm.hosted import HostedClient

    return HostedClient(
        log=context.places.log / "worker.log",
        threads=context.settings.threads,
        kept_limit=context.settings.kept_limit,
        notes=context.places.cache / "threads",
    )


def client_for(context: Context, place: ModelPlace) -> Client:
    """The client, without a model yet, that can load what is there."""
    if isinstance(place, Path):
        return make_client(context)
    from tutor.llm.remote import RemoteClient

    return RemoteClient.at(place, context.environ)


def model_path(context: Context, name: str | None = None) -> ModelPlace:
    """The file or the server's address of the model asked for, or of the one in use.

    Says once where answers go, if they leave this machine. Raises Failed, ModelNotFound, BadAddress.
    """
    from tutor.llm.address import parse_address
    from tutor.llm.installed import resolve

    wanted = name or context.settings.model
    if wanted is None:
        raise Failed(context.strings("cli.no_model"))
    address = parse_address(wanted)
    if address is None:
        return resolve(wanted, context.model_roots, context.catalog)
    tell_where_answers_go(context, address)
    return address


def tell_where_answers_go(context: Context, address: RemoteAddress) -> None:
    """One line on stderr, the first time for each server that is not this machine."""
    from tutor.settings import SettingsError
    from tutor.ui.remote_words import leaving_line

    if address.leaves_this_machine and context.settings.leaves_to != address.server:
        note(leaving_line(address, context.strings))
        with suppress(SettingsError):  # then it is said again
            context.change_settings(leaves_to=address.server)


@asynccontextmanager
async def open_model(context: Context, place: ModelPlace) -> AsyncIterator[Client]:
    """A client with the model of that place, until the block ends. Raises ModelError."""
    from tutor.llm.address import to_load

    client = client_for(context, place)
    try:
        await client.load(to_load(place), n_ctx=context.settings.context)
        yield client
    finally:
        await client.close()
