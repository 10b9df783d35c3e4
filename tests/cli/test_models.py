"""Models: the list, getting one with its progress, and the settings that follow."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Tutor
from tests.models.gguf_file import gguf_bytes
from tutor.commands import models_list
from tutor.commands.terminal import StatusLine
from tutor.llm import pull as pull_module
from tutor.llm.catalog import CatalogModel
from tutor.llm.pull import PullError, PullProgress
from tutor.paths import Places
from tutor.settings import load

NAME = "smollm2-135m"


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes())
    return path


class FakePull:
    """Reports a few steps, then puts a small model into place, fails, or is interrupted."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.interrupted = False

    async def __call__(
        self, model: CatalogModel, into: Path, *, on_progress: Callable[[PullProgress], None]
    ) -> Path:
        for percent in range(0, 101, 2):
            on_progress(
                PullProgress(
                    stage="download",
                    done=model.bytes * percent // 100,
                    total=model.bytes,
                    bytes_per_second=5e6,
                )
            )
            if percent == 40 and self.interrupted:
                signal.raise_signal(signal.SIGINT)
                await asyncio.Event().wait()
        if self.error:
            raise self.error
        for percent in (0, 50, 100):
            done = model.bytes * percent // 100
            on_progress(PullProgress(stage="verify", done=done, total=model.bytes))
        return put(into / model.file)


@pytest.fixture
def pull(monkeypatch: pytest.MonkeyPatch) -> FakePull:
    fake = FakePull()
    monkeypatch.setattr(pull_module, "pull", fake)
    return fake


@pytest.fixture(autouse=True)
def _memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_list, "memory_free", lambda: 2_500_000_000)


def in_use(home: Places) -> str | None:
    return load(home.settings).model


def test_the_list_for_people(tutor: Tutor, model: Path) -> None:
    told = tutor("models", "list")
    lines = told.out.splitlines()
    assert told.code == 0
    assert lines[0] == "tiny (in use)"
    at = lines.index("qwen2.5-coder-1.5b (recommended)")
    assert lines[at + 1] == (
        "  Qwen2.5 Coder 1.5B Instruct · 1.1 GB · needs 1.7 GB of memory · en, ko · Apache-2.0"
    )
    assert "gemma-3-4b (needs 4.2 GB)" in lines
    assert lines[-1] == "2.5 GB of memory are free here."


def test_the_list_for_scripts(tutor: Tutor, model: Path) -> None:
    found = {each["name"]: each for each in tutor("models", "list", "--json").json}
    assert found["tiny"]["installed"]
    assert found["tiny"]["in_use"]
    assert found["tiny"]["path"] == str(model)
    smollm = found[NAME]
    assert (smollm["bytes"], smollm["languages"]) == (98362432, ["en"])
    assert not smollm["installed"]
    assert [name for name, each in found.items() if each["recommended"]] == ["qwen2.5-coder-1.5b"]


def test_the_model_in_use_says_what_its_memory_is_for(
    tutor: Tutor, model: Path, home: Places
) -> None:
    home.settings.write_text('model = "tiny"\ncontext = 1024\nkept_prefixes_mb = 64\n')
    (model.parent / "other.gguf").write_bytes(model.read_bytes())
    lines = tutor("models", "list").out.splitlines()
    told = [line for line in lines if "KV cache" in line]
    assert told == [
        "  Weights 0 kB · KV cache 524 kB (2 × 1,024 tokens) · computing 2 MB · prefixes set aside up to 64 MB"
    ]
    found = {each["name"]: each for each in tutor("models", "list", "--json").json}
    tiny, other, smollm = found["tiny"], found["other"], found[NAME]
    assert tiny["memory_parts"]["kv"] == 2 * 1024 * 4 * (16 + 16) * 2
    assert tiny["memory"] == sum(tiny["memory_parts"].values())
    assert (tiny["kept_limit"], other["kept_limit"]) == (64_000_000, None)
    assert other["memory_parts"] == tiny["memory_parts"]
    assert smollm["memory_parts"] is None


def test_a_file_that_cannot_be_used_is_in_the_list(tutor: Tutor, model: Path) -> None:
    (model.parent / "broken.gguf").write_bytes(b"GGUF")
    told = tutor("models", "list")
    assert "broken (installed, cannot be used)" in told.out
    assert "broken.gguf is cut short" in told.out


def test_names_from_a_disk_cannot_move_the_cursor(tutor: Tutor, model: Path) -> None:
    (model.parent / "e\x1b[2Jvil\n.gguf").write_bytes(b"GGUF")
    for more in ((), ("--json",)):
        assert "\x1b" not in tutor("models", "list", *more).out


def test_the_first_model_pulled_is_in_use(tutor: Tutor, home: Places, pull: FakePull) -> None:
    told = tutor("models", "pull", NAME)
    path = home.models / "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert told.code == 0
    assert told.out.splitlines() == [f"{NAME} is here: {path}", f"{NAME} is in use."]
    assert in_use(home) == NAME


def test_what_a_model_does_not_know_is_said(tutor: Tutor, pull: FakePull) -> None:
    told = tutor("--language", "ko", "models", "pull", NAME)
    assert told.out.splitlines()[1] == f"이제 {NAME}을 씁니다."
    assert "한국어" in told.out.splitlines()[2]


def test_another_model_pulled_waits_to_be_chosen(
    tutor: Tutor, model: Path, home: Places, pull: FakePull
) -> None:
    told = tutor("models", "pull", NAME, "--json")
    assert told.json["in_use"] is False
    assert in_use(home) == "tiny"


def test_progress_off_a_terminal_is_a_line_every_ten_percent(tutor: Tutor, pull: FakePull) -> None:
    lines = tutor("models", "pull", NAME).err.splitlines()
    assert len(lines) == 12
    assert lines[0] == f"{NAME}: 0 kB of 98 MB · 5 MB/s · 20 s left"
    assert lines[5] == f"{NAME}: 49 MB of 98 MB · 5 MB/s · 10 s left"
    assert lines[-1] == f"{NAME}: checking what has arrived …"


def test_progress_on_a_terminal_is_one_line(
    tutor: Tutor, pull: FakePull, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = StatusLine.__init__

    def live(self: StatusLine) -> None:
        made(self)
        self.live = True

    monkeypatch.setattr(StatusLine, "__init__", live)
    shown = tutor("models", "pull", NAME).err
    assert "\n" not in shown
    assert shown.count("\r\x1b[K") == 51 + 3 + 1
    assert shown.endswith("\r\x1b[K")


def test_ctrl_c_says_how_to_go_on(tutor: Tutor, home: Places, pull: FakePull) -> None:
    pull.interrupted = True
    told = tutor("models", "pull", NAME)
    assert told.code == 130
    assert told.out == ""
    assert told.err.splitlines()[-1] == (
        f"Stopped. What has arrived is kept: `tutor models pull {NAME}` goes on from there."
    )
    assert in_use(home) is None


def test_a_pull_that_fails(tutor: Tutor, home: Places, pull: FakePull) -> None:
    pull.error = PullError("there is no connection: connect and pull again", "offline")
    told = tutor("models", "pull", NAME)
    assert told.code == 1
    assert told.err.splitlines()[-1] == "there is no connection: connect and pull again"
    assert in_use(home) is None


def test_a_name_nobody_knows(tutor: Tutor, pull: FakePull) -> None:
    told = tutor("models", "pull", "smollm2")
    assert told.code == 1
    assert told.err == f"no model is called 'smollm2': did you mean {NAME}?\n"


def test_add_use_remove(tutor: Tutor, home: Places, tmp_path: Path) -> None:
    path = tmp_path / "My Model.gguf"
    path.write_bytes(gguf_bytes())
    assert tutor("models", "add", "My Model.gguf").out.splitlines() == [
        "my-model was added; its file stays where it is.",
        "`tutor models use my-model` puts it to use.",
    ]
    assert tutor("models", "use", "my-model").out == "my-model is in use.\n"
    assert in_use(home) == "my-model"
    assert tutor("models", "remove", "my-model").out.splitlines() == [
        f"my-model was taken off the list; its file stays: {path}",
        "No model is in use now: `tutor models use NAME` chooses one.",
    ]
    assert in_use(home) is None
    assert path.exists()


def test_use_a_path(tutor: Tutor, home: Places, tmp_path: Path) -> None:
    path = tmp_path / "some.gguf"
    path.write_bytes(gguf_bytes())
    assert tutor("models", "use", "./some.gguf", "--json").json == {
        "name": str(path),
        "path": str(path),
        "in_use": True,
    }
    assert in_use(home) == str(path)


def test_remove_deletes_a_pulled_file(tutor: Tutor, model: Path) -> None:
    assert tutor("models", "remove", "tiny", "--json").json["in_use"] is False
    assert not model.exists()


@pytest.mark.parametrize("action", ["add", "use"])
def test_a_file_that_is_no_model(tutor: Tutor, home: Places, action: str) -> None:
    Path("bad.gguf").write_bytes(b"GGUF\x03")
    told = tutor("models", action, "./bad.gguf")
    assert told.code == 1
    assert told.err.startswith("bad.gguf is cut short")
    assert in_use(home) is None


def test_use_of_a_model_that_is_not_here(tutor: Tutor) -> None:
    told = tutor("models", "use", NAME)
    assert (told.code, told.err) == (1, f"{NAME} is not here yet: run `tutor models pull {NAME}`\n")


def test_settings_of_others_are_kept(tutor: Tutor, model: Path, home: Places) -> None:
    home.settings.write_text('theme = "nord"\nnewer = 1\n')
    tutor("--language", "ko", "--profile", "x", "models", "use", "tiny")
    kept = load(home.settings)
    assert (kept.theme, kept.model, kept.language, kept.profile) == (
        "nord",
        "tiny",
        None,
        "default",
    )
    assert "newer = 1" in home.settings.read_text()
