"""Which models a server has, and what it says of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from rapidfuzz import process

from tutor.llm.address import RemoteAddress, model_stem
from tutor.llm.one_line import one_line
from tutor.llm.protocol import BadModel, ModelInfo, NoModel, Unreachable

_SIZE = re.compile(r"(?<![a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)
_MOST = 10**15
_SHOWN = 5


class Listed(Struct, frozen=True):
    """One entry. llama-server tells more in `meta`, vLLM the context length in `max_model_len`."""

    id: str
    meta: Any = None
    max_model_len: Any = None

    def number(self, *names: str) -> int:
        """The first of these facts that there is, else 0."""
        told = self.meta if isinstance(self.meta, dict) else {}
        found = [told.get(name) for name in names]
        plain = (it for it in found if isinstance(it, int) and not isinstance(it, bool))
        return next((it for it in plain if 0 < it < _MOST), 0)

    @property
    def n_ctx(self) -> int:
        told = self.max_model_len
        return told if isinstance(told, int) and 0 < told < _MOST else self.number("n_ctx")


class _Models(Struct, frozen=True):
    data: list[Listed] | None = None


def read_models(data: bytes, host: str) -> list[Listed]:
    """The models in an answer to GET /models. Raises Unreachable."""
    try:
        return msgspec.json.decode(data, type=_Models).data or []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreachable(
            f"{host} has no OpenAI-compatible list of models: check the address, it ends in /v1"
        ) from None


def pick(models: Sequence[Listed], wanted: str | None, address: RemoteAddress) -> Listed:
    """The model of that name, or the only one. Raises NoModel, BadModel."""
    host = address.server
    if not models:
        raise NoModel(f"{host} has no model: load one there")
    if not wanted:
        if len(models) == 1:
            return models[0]
        raise NoModel(
            f"{host} has several models: name one, such as {address.base_url}#{_names(models[:1])}"
        )
    for same in (_exact, _latest, _stem):
        found = [model for model in models if same(model.id, wanted)]
        if len(found) == 1:
            return found[0]
    near = process.extract(wanted, [model.id for model in models], limit=_SHOWN)
    names = ", ".join(one_line(name) for name, *_ in near)
    raise BadModel(
        f"{host} has no model {one_line(wanted)!r}: name one that it has, such as {names}"
    )


def info_of(model: Listed, address: RemoteAddress, n_ctx: int) -> ModelInfo:
    """What is known of it. `n_ctx` is taken for the context where the server does not say.

    `parameters` are the server's count, else what the name says ("-7B-"), else 0: unknown.
    """
    return ModelInfo(
        name=one_line(model_stem(model.id)),
        path=str(RemoteAddress(address.base_url, one_line(model.id))),
        architecture="remote",
        parameters=model.number("n_params") or parameters_in(model.id),
        bytes=model.number("size"),
        n_ctx=model.n_ctx or n_ctx,
        n_ctx_train=model.number("n_ctx_train") or model.n_ctx or n_ctx,
        n_vocab=model.number("n_vocab"),
        chat_template=True,
        n_embd=model.number("n_embd"),
    )


def parameters_in(name: str) -> int:
    """How many parameters a model's name says it has; 0 where it does not."""
    found = _SIZE.search(name)
    if found is None:
        return 0
    experts, number, unit = found.groups()
    return round(int(experts or 1) * float(number) * (10**9 if unit in "bB" else 10**6))


def _exact(name: str, wanted: str) -> bool:
    return name == wanted


def _latest(name: str, wanted: str) -> bool:
    """Ollama takes a name without a tag for its latest."""
    return name == f"{wanted}:latest"


def _stem(name: str, wanted: str) -> bool:
    """llama-server calls a model by its path where nobody gave it a name."""
    return model_stem(name).casefold() == model_stem(wanted).casefold()


def _names(models: Sequence[Listed]) -> str:
    return ", ".join(one_line(model.id) for model in models)
