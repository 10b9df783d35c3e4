"""What the worker has to do and in which order: whoever waits goes before a prefill, and that before the rest."""

from __future__ import annotations

import threading
from collections import deque
from typing import Literal

from tutor.llm.stop_flag import StopFlag
from tutor.llm.wire import AnyRequest, Chat, Choose, Complete, Prefill

Rank = Literal[0, 1, 2]
INTERACTIVE: Rank = 0
PREFILL: Rank = 1
BACKGROUND: Rank = 2


def rank_of(request: AnyRequest) -> Rank:
    """The lower goes first."""
    if isinstance(request, Prefill):
        return PREFILL
    if isinstance(request, Chat | Complete | Choose) and request.urgency == "background":
        return BACKGROUND
    return INTERACTIVE


class Agenda:
    """Filled by the thread that reads requests, emptied by the one that computes, which `stop` calls back."""

    def __init__(self) -> None:
        self.stop = StopFlag()
        """Raised while the request that runs has to end or to give way; llama.cpp looks between the nodes of its graph."""
        self._change = threading.Condition()
        self._waiting: dict[Rank, deque[AnyRequest]] = {
            INTERACTIVE: deque(),
            PREFILL: deque(),
            BACKGROUND: deque(),
        }
        self._cancelled = False
        self._current: AnyRequest | None = None
        self._open = True

    def add(self, request: AnyRequest) -> list[int]:
        """What runs gives way to what is more urgent; a prefill replaces the older ones of its lane.

        Returns the ids of requests that were waiting and are no more.
        """
        with self._change:
            rank, running = rank_of(request), self._current
            replaced = []
            if isinstance(request, Prefill):
                for older in (running, *self._waiting[PREFILL]):
                    if isinstance(older, Prefill) and older.lane == request.lane:
                        replaced += self._cancel(older.id)
            if running is not None and rank < rank_of(running):
                self.stop.set()
            self._waiting[rank].append(request)
            self._change.notify()
            return replaced

    def cancel(self, id: int) -> list[int]:
        """Stop the request with this id, if it runs; if it waits, it does so no more, and its id is returned."""
        with self._change:
            return self._cancel(id)

    def is_cancelled(self) -> bool:
        """Whether the request that runs has to end, rather than to give way."""
        with self._change:
            return self._cancelled

    def waits(self, id: int) -> bool:
        with self._change:
            return any(waiting.id == id for queue in self._waiting.values() for waiting in queue)

    def take(self) -> AnyRequest | None:
        """Wait for the next request, which now runs; None after `close`."""
        with self._change:
            while not any(self._waiting.values()):
                if not self._open:
                    return None
                self._change.wait()
            request = next(queue for queue in self._waiting.values() if queue).popleft()
            self._current, self._cancelled = request, False
            self.stop.clear()
            return request

    def put_back(self) -> bool:
        """The request that was taken gave way: it goes on as soon as nothing more urgent is left, unless it was cancelled."""
        with self._change:
            goes_on = self._current is not None and not self._cancelled
            if self._current is not None and goes_on:
                self._waiting[rank_of(self._current)].appendleft(self._current)
            self._leave()
            return goes_on

    def done(self) -> None:
        """The request that was taken runs no more."""
        with self._change:
            self._leave()

    def idle(self) -> bool:
        with self._change:
            return self._current is None and not any(self._waiting.values())

    def close(self) -> None:
        """Nothing more will be added."""
        with self._change:
            self._open = False
            self._change.notify()

    def _leave(self) -> None:
        self._current = None
        self.stop.clear()

    def _cancel(self, id: int) -> list[int]:
        if self._current is not None and self._current.id == id:
            self._cancelled = True
            self.stop.set()
            return []
        for rank, queue in self._waiting.items():
            kept = deque(waiting for waiting in queue if waiting.id != id)
            if len(kept) < len(queue):
                self._waiting[rank] = kept
                return [id]
        return []
