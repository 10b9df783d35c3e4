"""Whether a worker that owes an answer still lives, from what is heard of it. Counts looks, not seconds: a laptop that
slept, or a screen that was busy itself, has looked no more often for it."""

from __future__ import annotations

from tutor.llm.wire import AnyReply, Beat, Done, Failed

LOOK = 0.2  # seconds between two looks
SILENT = 4  # looks without a word; a beat comes every quarter of a second
STUCK = 4  # beats without any CPU used nor any step done
BEATING = 3  # milliseconds of CPU that no more than the beats themselves may use
DISK = 50  # looks that waiting for a slow disk excuses
DEAF = 20  # looks without the end of a request that was cancelled


class Watch:
    """`heard` every reply, `tick` every LOOK seconds while an answer is owed."""

    def __init__(self) -> None:
        self._silent = self._stuck = 0
        self._done = (0, 0)
        self._cancelled: dict[int, int] = {}

    @property
    def owed(self) -> bool:
        """Whether a cancelled request has not ended yet."""
        return bool(self._cancelled)

    def heard(self, reply: AnyReply) -> None:
        self._silent = 0
        if isinstance(reply, Done | Failed):
            self._cancelled.pop(reply.id, None)
        if not isinstance(reply, Beat):
            self._stuck = 0
            return
        cpu_ms, steps = self._done
        moved = reply.steps != steps or reply.cpu_ms - cpu_ms >= BEATING
        self._stuck = 0 if moved else self._stuck + 1
        self._done = (reply.cpu_ms, reply.steps)

    def asked(self) -> None:
        """A request goes out after a rest."""
        self._silent = self._stuck = 0

    def cancelled(self, id: int) -> None:
        self._cancelled[id] = 0

    def tick(self, *, waits_for_disk: bool) -> bool:
        """Whether the worker hangs."""
        self._silent += 1
        self._cancelled = {id: looks + 1 for id, looks in self._cancelled.items()}
        patience = DISK if waits_for_disk else SILENT
        if max(self._silent, self._stuck) > patience:
            return True
        return not waits_for_disk and any(looks > DEAF for looks in self._cancelled.values())
