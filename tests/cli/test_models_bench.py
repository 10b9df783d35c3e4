"""`tutor models bench`: the figures for people and for scripts, what is left out, and how it ends early."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Script, Tutor, judge
from tutor.commands import model_session, models_bench
from tutor.llm.protocol import BadModel, Memory, ModelInfo, Status
from tutor.llm.scripted import EVERYTHING
from tutor.paths import Places
from tutor.ui.cells import width

FIGURES = [
    "load_s",
    "prompt_tokens_per_s",
    "generation_tokens_per_s",
    "first_token_s",
    "first_token_prefilled_s",
    "rubric_s",
]


class Heavy(Script):
    """Says what memory it takes, and counts its loads."""

    loads = 0

    async def load(self, model: Path | str, *, n_ctx: int = 4096) -> ModelInfo:
        self.loads += 1
        return await super().load(model, n_ctx=n_ctx)

    async def status(self) -> Status:
        model = (await super().status()).model
        parts = Memory(weights=97_000_000, kv=189_000_000, compute=103_000_000)
        info = model and msgspec.structs.replace(model, memory=parts)
        return Status(model=info, worker_rss=420_000_000)


@pytest.fixture
def heavy(model: Path, monkeypatch: pytest.MonkeyPatch) -> Heavy:
    client = Heavy(["one two three"], judge)
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    return client


def test_the_figures_for_scripts(tutor: Tutor, heavy: Heavy) -> None:
    told = tutor("models", "bench", "--json")
    assert told.code == 0
    assert list(told.json) == ["model", *FIGURES, "memory"]
    assert told.json["model"] == "tiny"
    assert all(told.json[key] > 0 for key in FIGURES)
    assert told.json["memory"] == {
        "rss": 420_000_000,
        "weights": 97_000_000,
        "kv": 189_000_000,
        "compute": 103_000_000,
    }
    assert heavy.loads == 3
    assert heavy.closed


def test_the_figures_for_people(tutor: Tutor, heavy: Heavy) -> None:
    lines = tutor("models", "bench").out.splitlines()
    assert lines[0] == "tiny: medians of 3 rounds"
    assert len(lines) == 1 + len(FIGURES) + 4
    assert lines[1].startswith("  load      ")
    assert lines[2].endswith(" tokens/s")
    assert all(line.endswith((" s", " ms")) for line in (lines[1], *lines[4:7]))
    assert [line.split()[-2:] for line in lines[7:]] == [
        ["420", "MB"],
        ["97", "MB"],
        ["189", "MB"],
        ["103", "MB"],
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_figures_stand_below_each_other(tutor: Tutor, heavy: Heavy, language: str) -> None:
    title, *rows = tutor("--language", language, "models", "bench").out.splitlines()
    assert title == {"en": "tiny: medians of 3 rounds", "ko": "tiny: 3번 잰 값의 중앙값"}[language]
    assert len({width(row[: row.rindex("  ") + 2]) for row in rows}) == 1


def test_what_the_client_does_not_declare_is_a_dash(
    tutor: Tutor, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor = Script(["one two"], judge, capabilities=EVERYTHING - {"choose", "prefill", "tokenize"})
    monkeypatch.setattr(model_session, "make_client", lambda context: poor)
    told = tutor("models", "bench", "--json").json
    assert [key for key in FIGURES if told[key] is None] == [
        "prompt_tokens_per_s",
        "generation_tokens_per_s",
        "first_token_prefilled_s",
        "rubric_s",
    ]
    assert set(told["memory"].values()) == {None}
    lines = tutor("models", "bench").out.splitlines()
    assert [line.split()[-1] for line in lines].count("–") == 8


def test_another_model_than_the_one_in_use(tutor: Tutor, heavy: Heavy, home: Places) -> None:
    other = home.models / "other.gguf"
    other.write_bytes((home.models / "tiny.gguf").read_bytes())
    assert tutor("models", "bench", "--model", "other", "--json").json["model"] == "other"
    loaded = [request.messages[0].content for request in heavy.requests if request.call == "load"]
    assert loaded == [str(other)] * 3


def test_every_round_reads_what_was_not_read_before(tutor: Tutor, heavy: Heavy) -> None:
    tutor("models", "bench")
    prompts = [r.messages[0].content for r in heavy.requests if r.call == "complete"]
    lessons = [r.messages[0].content for r in heavy.requests if r.call == "chat"]
    unread = [prompt for prompt in prompts if not prompt.startswith("Count")] + lessons
    assert len({text.split()[0] for text in unread}) == 9


def test_a_lesson_is_no_longer_than_half_of_a_short_context(
    tutor: Tutor, heavy: Heavy, home: Places
) -> None:
    home.settings.write_text('model = "tiny"\ncontext = 512\n')
    tutor("models", "bench")
    [lesson, *_] = [r.messages[0].content for r in heavy.requests if r.call == "chat"]
    assert 200 < len(lesson) < 300


def test_ctrl_c_says_that_nothing_came_of_it(
    tutor: Tutor, heavy: Heavy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(*_: object) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr(models_bench, "rubric", interrupted)
    told = tutor("models", "bench")
    assert (told.code, told.out) == (130, "")
    assert told.err == "Stopped: nothing was measured to the end.\n"
    assert heavy.closed


def test_without_a_model_it_says_how_to_get_one(tutor: Tutor, home: Places) -> None:
    told = tutor("models", "bench")
    assert told.code == 1
    assert told.err.startswith("No model is in use: ")


def test_a_model_that_fails_to_load_says_so(tutor: Tutor, heavy: Heavy) -> None:
    heavy.fail_next(BadModel("tiny.gguf is cut short: pull it again"))
    told = tutor("models", "bench")
    assert (told.code, told.err) == (1, "tiny.gguf is cut short: pull it again\n")
