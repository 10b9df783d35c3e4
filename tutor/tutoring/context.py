"""What stands at the head of a talk: the whole lesson where it fits, else the passages nearest to the question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from tutor.tutoring.passages import Passage

REPLY_SHARE = 4
"""The reply has one part in so many of the context, where it is allowed to be longer than that."""

Cost = Callable[[Sequence[Passage]], Awaitable[int]]
"""Tokens of the opening with these passages."""


def opening_share(n_ctx: int) -> int:
    """Tokens that the opening may take of a context: three fifths, in 4,096 a lesson of 3,500 Korean characters."""
    return 3 * n_ctx // 5


class Ground(Struct, frozen=True):
    """The passages of the opening, and the opening's tokens.

    `steady`: every question of the talk gets the same ones; `whole`: they are all of a lesson.
    """

    passages: Sequence[Passage]
    tokens: int
    steady: bool = True
    whole: bool = False


async def lesson_ground(
    lesson: Sequence[Passage], near: Sequence[Passage], n_ctx: int, cost: Cost
) -> Ground:
    """The lesson if it fits its share of `n_ctx`, else as many of `near` as do. Raises ModelError."""
    tokens = await cost(lesson)
    if tokens <= opening_share(n_ctx):
        return Ground(lesson, tokens, whole=True)
    return await chosen_ground(near, n_ctx, cost, steady=False)


async def chosen_ground(
    among: Sequence[Passage], n_ctx: int, cost: Cost, *, steady: bool = True
) -> Ground:
    """As many of these passages as fit their share of `n_ctx`, the first ones, and one at least. Raises ModelError."""
    kept = list(among)
    while (tokens := await cost(kept)) > opening_share(n_ctx) and len(kept) > 1:
        kept.pop()
    return Ground(kept, tokens, steady)


def room(ground: Ground, n_ctx: int, reply: int) -> int:
    """Tokens that the question and the turns before it may have, beside a reply of up to `reply`.

    Where the opening changes with the question its whole share is set aside: the room is the same for every question.
    """
    opening = ground.tokens if ground.steady else max(ground.tokens, opening_share(n_ctx))
    return max(0, n_ctx - opening - min(reply, n_ctx // REPLY_SHARE))
