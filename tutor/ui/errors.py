"""What went wrong, as the one line a learner reads. No Textual here."""

from __future__ import annotations

from tutor.content.wording import printable
from tutor.llm.catalog import CatalogError
from tutor.llm.gguf import BadGguf
from tutor.llm.installed import ModelNotFound
from tutor.llm.protocol import (
    BadModel,
    ModelError,
    NoModel,
    PromptTooLong,
    Unsupported,
    WorkerDied,
)
from tutor.llm.pull import PullError
from tutor.settings import SettingsError
from tutor.study.errors import StoreError
from tutor.ui.strings import Strings

_KEYS: tuple[tuple[type[Exception], str], ...] = (
    (NoModel, "error.no_model"),
    (BadModel, "error.bad_model"),
    (WorkerDied, "error.worker_died"),
    (PromptTooLong, "error.prompt_too_long"),
    (Unsupported, "error.unsupported"),
    (ModelError, "error.model"),
    (PullError, "error.pull"),
    (StoreError, "error.store"),
    (SettingsError, "error.settings"),
    (CatalogError, "error.model_name"),
    (ModelNotFound, "error.model_name"),
    (BadGguf, "error.model_file"),
    (OSError, "error.file"),
)


def error_line(error: BaseException, strings: Strings) -> str:
    """What happened and what to do, on one line of plain text; the words of the error itself are its detail."""
    detail = printable(str(error).strip()) or type(error).__name__
    key = next((key for kind, key in _KEYS if isinstance(error, kind)), "error.unknown")
    code = f"{key}.{getattr(error, 'code', '')}"
    return strings(code if code in strings else key, detail=detail)
