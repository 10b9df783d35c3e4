"""Reading ahead: the model evaluates the lesson, and the question as far as it is typed, before anybody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tutor.llm.protocol import ModelError
from tutor.study.record import Turn

if TYPE_CHECKING:
    from tutor.tutoring.followup import FollowUp
    from tutor.tutoring.socratic import SocraticTalk

    Talker = FollowUp | SocraticTalk


async def read_ahead(
    talker: Callable[[], Talker | None],
    typed: Callable[[], str],
    turns: Callable[[], Sequence[Turn]],
) -> None:
    """Until what was read is what is typed, after these turns. If the model cannot, the question will say why."""
    read: tuple[str, Sequence[Turn]] | None = None
    with suppress(ModelError):
        while (now := (typed(), turns())) != read:
            asked = talker()
            # With nothing typed any more, what was read of the talk is kept.
            if asked is None or (read is not None and not now[0]):
                return
            await asked.prefill(*now)
            read = now
