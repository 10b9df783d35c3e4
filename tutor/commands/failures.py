"""What went wrong, as the one line a person reads and the exit code a script does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.commands.context import Context

FAILED, WRONG = 1, 2


class Failed(Exception):
    """The work could not be done; the message is one line that says what to do."""


class WrongUsage(Exception):
    """The arguments mean nothing; the message is one line that says what would."""


def explain(error: Exception, context: Context) -> tuple[str, int]:
    """The line and the exit code; an unknown error's traceback goes into the log folder."""
    from tutor.content.address import AddressError
    from tutor.ui.crash import keep_traceback

    if isinstance(error, WrongUsage | AddressError):
        return str(error), WRONG
    if isinstance(error, (Failed, *_of_the_rooms())):
        return str(error), FAILED
    if isinstance(error, OSError):
        named = ": ".join(str(each) for each in (error.filename, error.strerror) if each)
        return context.strings("error.file", detail=named or str(error)), FAILED
    log = keep_traceback(context.places.log)
    return context.strings("cli.crash", kind=type(error).__name__, log=log), FAILED


def _of_the_rooms() -> tuple[type[Exception], ...]:
    """Errors whose own message is one line that says what to do."""
    from tutor.llm.catalog import CatalogError
    from tutor.llm.gguf import BadGguf
    from tutor.llm.installed import ModelNotFound
    from tutor.llm.protocol import ModelError
    from tutor.llm.transfer import PullError
    from tutor.settings import SettingsError
    from tutor.study.errors import StoreError

    return (
        CatalogError,
        BadGguf,
        ModelNotFound,
        ModelError,
        PullError,
        SettingsError,
        StoreError,
    )
