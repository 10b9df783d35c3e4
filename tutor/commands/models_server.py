"""A model on a server: put to use once the server was asked, and let go of again."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed
from tutor.commands.model_session import open_model, tell_where_answers_go
from tutor.commands.terminal import say, say_json
from tutor.llm.address import RemoteAddress

if TYPE_CHECKING:
    from tutor.commands.context import Context


def use(address: RemoteAddress, args: argparse.Namespace, context: Context) -> None:
    """Raises what `ask` does."""
    asyncio.run(ask(address, context))
    context.change_settings(model=str(address))
    tell_where_answers_go(context, address)
    _tell(args, context, str(address), context.strings("cli.models.in_use", name=address.stem))


def remove(address: RemoteAddress, args: argparse.Namespace, context: Context) -> None:
    """Raises Failed for one that is not in use: of servers, no other is known."""
    if context.settings.model not in (str(address), args.name):
        raise Failed(context.strings("cli.models.not_in_use", name=str(address)))
    context.change_settings(model=None)
    _tell(args, context, str(address), context.strings("cli.models.none_in_use"))


async def ask(address: RemoteAddress, context: Context) -> None:
    """See that the server answers and has the model. Raises Unreachable, BadModel, NoModel."""
    async with open_model(context, address):
        pass


def _tell(args: argparse.Namespace, context: Context, name: str, line: str) -> None:
    if args.json:
        say_json({"name": name, "path": None, "in_use": context.settings.model == name})
    else:
        say(line)
