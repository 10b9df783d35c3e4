"""What a model's memory is for, in words. No Textual here."""

from __future__ import annotations

from tutor.llm.footprint import Estimate
from tutor.ui.downloads import size
from tutor.ui.strings import Strings


def memory_text(parts: Estimate, kept_limit: int, strings: Strings) -> str:
    """Weights, caches and computing, and beside them the bytes that prefixes set aside may take."""
    return strings(
        "models.memory",
        weights=size(parts.weights),
        kv=size(parts.kv),
        context=f"{parts.n_ctx:,}",
        compute=size(parts.compute),
        kept=size(kept_limit),
    )
