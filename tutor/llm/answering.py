"""One request that does not stream, put to a model."""

from __future__ import annotations

from tutor.llm.engine import Loaded, Refused, Report
from tutor.llm.wire import (
    Adapters,
    AnyRequest,
    Choose,
    Done,
    Hidden,
    NextTokens,
    Prefill,
    Render,
    Tokenize,
)


def answer(model: Loaded, request: AnyRequest, report: Report) -> Done:
    """Raises Cancelled, Refused."""
    match request:
        case Choose():
            tokens = model.prompt(request.prompt)
            chosen = model.choose(request.lane, tokens, request.continuations, report)
            return Done(id=request.id, chosen=chosen)
        case NextTokens():
            tokens = model.prompt(request.prompt)
            following = model.next_tokens(request.lane, tokens, request.top, report)
            return Done(id=request.id, following=following)
        case Hidden():
            state = model.hidden(request.lane, model.prompt(request.prompt), report)
            return Done(id=request.id, state=state)
        case Adapters():
            model.set_adapters(request.lane, request.adapters)
            return Done(id=request.id)
        case Prefill():
            tokens = model.prompt(request.prompt, open_turn=request.open_turn)
            return Done(id=request.id, cached=model.prefill(request.lane, tokens, report))
        case Tokenize():
            return Done(id=request.id, tokens=model.tokenize(request.text))
        case Render():
            return Done(id=request.id, text=model.render(request.messages))
    raise Refused("failed", "this worker does not know the request; install the program again")
