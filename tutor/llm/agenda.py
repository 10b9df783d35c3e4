"""What the worker has to do and in which order: a waiting learner goes before a prefill."""

from __future__ import annotations

import threading
from collections import deque

from tutor.llm.wire import AnyRequest, Prefill


class Agenda:
    """Filled by the thread that reads requests, emptied by the one that computes."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._urgent: deque[AnyRequest] = deque()
        self._background: deque[Prefill] = deque()
        self._cancelled: set[int] = set()
        self._current: AnyRequest | None = None
        self._open = True
        self.stopping = False
        """Whether the request that runs has to give way; llama.cpp asks between the nodes of its graph."""

    def add(self, request: AnyRequest) -> None:
        """Anything stops the prefill that runs, but a prefill only one of its own lane; what it has evaluated stays cached."""
        with self._change:
            running = self._current
            if isinstance(request, Prefill):
                older = [waiting for waiting in self._background if waiting.lane == request.lane]
                self._cancelled.update(waiting.id for waiting in older)
                if isinstance(running, Prefill) and running.lane == request.lane:
                    self.stopping = True
                self._background.append(request)
            else:
                if isinstance(running, Prefill):
                    self.stopping = True
                self._urgent.append(request)
            self._change.notify()

    def cancel(self, id: int) -> None:
        """Stop the request with this id, running or waiting; one that is done already stays done."""
        with self._change:
            if self._current is not None and self._current.id == id:
                self.stopping = True
            elif any(waiting.id == id for waiting in (*self._urgent, *self._background)):
                self._cancelled.add(id)

    def take(self) -> tuple[AnyRequest, bool] | None:
        """Wait for the next request, which now runs, and whether it was cancelled before; None after `close`."""
        with self._change:
            while not self._urgent and not self._background:
                if not self._open:
                    return None
                self._change.wait()
            request = (self._urgent or self._background).popleft()
            cancelled = request.id in self._cancelled
            self._cancelled.discard(request.id)
            self._current, self.stopping = request, False
            return request, cancelled

    def done(self) -> None:
        """The request that was taken runs no more."""
        with self._change:
            self._current, self.stopping = None, False

    def close(self) -> None:
        """Nothing more will be added."""
        with self._change:
            self._open = False
            self._change.notify()
