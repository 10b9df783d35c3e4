"""The memory a model takes, as llama.cpp itself reports it in its log."""

from __future__ import annotations

import re

from msgspec import Struct

from tutor.llm.protocol import Memory

_BUFFER = re.compile(r": +(\S+) +(model|KV|RS|compute|output) buffer size = *(\d+\.\d+) MiB")
_NEW_CONTEXT = ": constructing llama_context"
_MIB = 1 << 20


class _Buffer(Struct, frozen=True):
    kind: str
    device: str
    bytes: int


class BufferLog:
    """Fed with every line of the log; adds up the buffers of one model and of all contexts made on it."""

    def __init__(self) -> None:
        self._weights: list[_Buffer] = []
        self._contexts: list[list[_Buffer]] = []

    def note(self, text: str) -> None:
        """A line as llama.cpp logged it, of any level."""
        if _NEW_CONTEXT in text:
            self._contexts.append([])
        elif found := _BUFFER.search(text):
            device, kind, mib = found.groups()
            self._add(_Buffer(kind, device, round(float(mib) * _MIB)))

    def clear(self) -> None:
        """Another model is about to be loaded."""
        self._weights.clear()
        self._contexts.clear()

    def memory(self) -> Memory:
        """What was reported, whole: a weight rearranged for the processor counts with its mapped original."""
        of_contexts = [buffer for context in self._contexts for buffer in context]
        return Memory(
            weights=_sum(self._weights, "model"),
            kv=_sum(of_contexts, "KV", "RS"),
            compute=_sum(of_contexts, "compute", "output"),
        )

    @property
    def repacked(self) -> int:
        """Bytes of the weights that are there twice: rearranged for the processor beside a file mapped whole."""
        mapped = any(buffer.device.endswith("_Mapped") for buffer in self._weights)
        copies = (buffer.bytes for buffer in self._weights if buffer.device.endswith("_REPACK"))
        return sum(copies) if mapped else 0

    def _add(self, buffer: _Buffer) -> None:
        if buffer.kind == "model":
            self._weights.append(buffer)
            return
        if not self._contexts:
            self._contexts.append([])
        context = self._contexts[-1]
        if buffer.kind == "compute":  # reported anew whenever it is reserved anew
            context[:] = [
                it for it in context if (it.kind, it.device) != (buffer.kind, buffer.device)
            ]
        context.append(buffer)


def _sum(buffers: list[_Buffer], *kinds: str) -> int:
    return sum(buffer.bytes for buffer in buffers if buffer.kind in kinds)
