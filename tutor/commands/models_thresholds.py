"""Going back from thresholds that follow the learner to those that the model in use came with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed
from tutor.commands.terminal import say, say_json
from tutor.llm.address import ModelPlace, model_stem, parse_address
from tutor.llm.installed import resolve
from tutor.llm.one_line import one_line
from tutor.study import overrules

if TYPE_CHECKING:
    from tutor.commands.context import Context


def reset(context: Context, *, as_json: bool) -> None:
    """Nothing is deleted. Raises Failed, ModelNotFound, BadAddress, StoreError; ModelError for a server that must be asked."""
    wanted = context.settings.model
    if wanted is None:
        raise Failed(context.strings("cli.no_model"))
    place = parse_address(wanted) or resolve(wanted, context.model_roots, context.catalog)
    name = _recorded_name(place, context)
    with context.store() as store:
        count = overrules.reset(store, name)
    if as_json:
        say_json({"name": name, "no_longer_counted": count})
    elif count:
        say(context.strings("cli.models.reset", name=name, count=count))
    else:
        say(context.strings("cli.models.not_moved", name=name))


def _recorded_name(place: ModelPlace, context: Context) -> str:
    """What verdicts call the model."""
    if isinstance(place, Path):
        return one_line(place.stem)
    if place.model is not None:
        return one_line(model_stem(place.model))
    return asyncio.run(_served(place, context))


async def _served(place: ModelPlace, context: Context) -> str:
    """The name of the only model of a server."""
    from tutor.commands.model_session import open_model

    async with open_model(context, place) as client:
        model = (await client.status()).model
    return model.name if model else ""
