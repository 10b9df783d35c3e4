"""From token bytes to text that can be shown: whole characters, stop strings held back."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Feed bytes, take text, the same however the bytes are split. Half a Hangul syllable is never given out."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self.stopped = False

    def feed(self, data: bytes, *, last: bool = False) -> str:
        """The text that is now certain. After a stop string, `stopped` is set and nothing more comes."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(data, final=last)
        # The stop string that is complete first, whatever arrived along with it.
        found = [(at + len(text), at) for text in self._stop if (at := self._held.find(text)) >= 0]
        if found:
            self.stopped = True
            return self._held[: min(found)[1]]
        certain = len(self._held) - (0 if last else self._overlap())
        ready, self._held = self._held[:certain], self._held[certain:]
        return ready

    def _overlap(self) -> int:
        """How much of the end could be the beginning of a stop string."""
        longest = 0
        for text in self._stop:
            for size in range(1, len(text)):
                if self._held.endswith(text[:size]):
                    longest = max(longest, size)
        return longest
