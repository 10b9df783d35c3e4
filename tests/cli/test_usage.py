"""Arguments, exit codes and the one line on stderr, whatever goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Tutor
from tutor import __version__
from tutor.cli import COMMANDS
from tutor.commands import check, study
from tutor.paths import Places


def test_without_a_terminal_the_app_says_what_works_instead(tutor: Tutor) -> None:
    told = tutor()
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        "The app needs a terminal: add --plain to `tutor learn` or `tutor quiz` for lines of text.\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(tutor: Tutor, command: str) -> None:
    told = tutor(command, "--help")
    assert told.code == 0
    assert f"  tutor {command}" in told.out.partition("example")[2]


@pytest.mark.parametrize(
    ("command", "action"),
    [("models", action) for action in ("list", "pull", "add", "use", "remove", "reset-thresholds")]
    + [("courses", action) for action in ("list", "add", "new")]
    + [("export", "talks")],
)
def test_every_action_has_help_with_an_example(tutor: Tutor, command: str, action: str) -> None:
    told = tutor(command, action, "--help")
    assert told.code == 0
    assert f"example:\n  tutor {command} {action}" in told.out


@pytest.mark.parametrize(
    "argv", [("--version",), ("check", "--version"), ("models", "list", "--version")]
)
def test_version(tutor: Tutor, argv: tuple[str, ...]) -> None:
    assert tutor(*argv).out == f"tutor {__version__}\n"


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (
            ("ask",),
            "tutor ask: the following arguments are required: QUESTION: see `tutor ask --help`",
        ),
        (
            ("ask", "Why?", "--leson", "x"),
            "tutor: unrecognized arguments: --leson x: see `tutor --help`",
        ),
        (
            ("quiz", "--count", "none"),
            "tutor quiz: argument --count: invalid number value: 'none': see `tutor quiz --help`",
        ),
        (
            ("quiz", "--count", "0"),
            "tutor quiz: argument --count: at least 1 question: see `tutor quiz --help`",
        ),
        (
            ("models",),
            "tutor models: the following arguments are required: ACTION: see `tutor models --help`",
        ),
        (
            ("learn", "--plain", "sampel"),
            "nothing is called 'sampel': did you mean 'sample'?",
        ),
        (
            ("doctor", "--profile", "../me", "--rebuild"),
            "'../me' can't name a profile: use up to 40 letters (English or Hangul), digits, - and _",
        ),
        (("ask", "  "), "There is no question: write one in quotes after `tutor ask`."),
    ],
)
def test_wrong_usage_is_one_line_and_2(tutor: Tutor, argv: tuple[str, ...], line: str) -> None:
    told = tutor(*argv)
    assert (told.code, told.out, told.err) == (2, "", f"{line}\n")


def test_an_unknown_command_lists_those_there_are(tutor: Tutor) -> None:
    told = tutor("lern")
    assert told.code == 2
    assert "invalid choice: 'lern'" in told.err
    assert "learn" in told.err
    assert told.err.count("\n") == 1


def test_arguments_cannot_move_the_cursor(tutor: Tutor) -> None:
    told = tutor("check", "--\x1b[2Jbad\nworse")
    assert told.code == 2
    assert "\x1b" not in told.err
    assert told.err.count("\n") == 1


def test_language_and_profile_before_and_after_the_command(tutor: Tutor, home: Places) -> None:
    for argv in (
        ("--language", "ko", "--profile", "a", "learn", "sample/two", "--plain"),
        ("learn", "sample/two", "--plain", "--language", "ko", "--profile", "b"),
        ("--language", "en", "learn", "--profile", "c", "sample/two", "--language=ko", "--plain"),
    ):
        assert tutor(*argv).out.startswith("둘\n")
    assert [path.parent.name for path in sorted(home.profiles.glob("*/study.db"))] == list("abc")


def test_the_language_is_the_settings_or_else_the_systems(
    tutor: Tutor, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert tutor("learn", "--plain", "sample/two").out.startswith("둘\n")
    home.settings.write_text('language = "en"\n')
    assert tutor("learn", "--plain", "sample/two").out.startswith("Two\n")


def test_a_broken_settings_file_is_named(tutor: Tutor, home: Places) -> None:
    home.settings.write_text("language = 'en'\nmodel = \n")
    told = tutor("models", "list")
    assert told.code == 1
    assert told.err.startswith(f"{home.settings}:2: ")
    assert told.err.count("\n") == 1


def test_a_record_that_is_none_is_named(tutor: Tutor, home: Places) -> None:
    path = home.database("default")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is not a database, not even a small one" * 100)
    told = tutor("learn", "sample/one", "--plain")
    assert told.code == 1
    assert str(path) in told.err
    assert told.err.count("\n") == 1


def test_a_file_that_cannot_be_read_is_named(tutor: Tutor, client: object) -> None:
    told = tutor("grade", "--batch", "no-such.jsonl")
    assert told.code == 1
    assert told.err == (
        "A file cannot be used (no-such.jsonl: No such file or directory):"
        " check its path and permissions.\n"
    )


def test_an_unknown_error_leaves_its_traceback_in_the_log(
    tutor: Tutor, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(check, "run", fail)
    told = tutor("check")
    log = home.log / "crash.log"
    assert told.code == 1
    assert told.err == (
        "Something went wrong (ZeroDivisionError): try again, or run `tutor doctor`;"
        f" details are in {log}\n"
    )
    assert "ZeroDivisionError: oh" in log.read_text()


def test_ctrl_c_is_quiet(tutor: Tutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "run", lambda *_: signal.raise_signal(signal.SIGINT))
    told = tutor("learn")
    assert (told.code, told.out, told.err) == (130, "", "")


def test_a_reader_who_leaves_is_no_error(home: Places) -> None:
    code = (
        "import sys; from tutor.cli import main; sys.exit(main(['learn', 'sample/one', '--plain']))"
    )
    environ = {**os.environ, "TUTOR_CONTENT": str(home.courses)}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as errors:
        assert errors.read() == b""
    assert process.wait() == 1
