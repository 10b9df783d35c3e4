"""Own thresholds in a quiz of plain lines, not in `tutor grade`; and the command that takes them back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import MODEL, Quiz, Record, Script, Tutor
from tests.cli.test_batch import ROW, batch, rows_of
from tests.study.sample import corrected
from tutor.commands import model_session
from tutor.grading import prompts
from tutor.grading.own_thresholds import ENOUGH
from tutor.grading.verdict import Versions
from tutor.llm.protocol import ModelInfo
from tutor.paths import Places
from tutor.study import record as study_record

TINY = Versions(model=MODEL, prompt=prompts.VERSION, calibration="unfitted")
PROBABILITY = 0.3775  # of "maybe", to the scripted model
TOLD = f"From now on grading follows your {ENOUGH} corrections; `tutor models reset-thresholds` undoes it.\n"


class Serving(Script):
    """A server of one model, which it is not asked for by name."""

    async def load(self, model: Path | str, *, n_ctx: int = 4096) -> ModelInfo:
        assert model == ""
        return await super().load(MODEL, n_ctx=n_ctx)


def without(count: int, record: Record) -> None:
    with record() as store:
        corrected(store, TINY, ENOUGH - count, probability=PROBABILITY, met=False)


def test_a_plain_quiz_follows_the_learner_from_the_fiftieth_correction_on(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record
) -> None:
    without(1, record)
    quiz("explain")
    first = tutor("quiz", "--plain", stdin="maybe so\n\nn\n")
    assert first.out.count(TOLD) == 1
    quiz("explain")
    second = tutor("quiz", "--plain", stdin="maybe so\n\n")
    assert "Not sure about this point" not in second.out
    assert TOLD not in second.out
    with record() as store:
        last = study_record.history(store, "sample/explain-item")[-1]
    assert last.verdict is not None
    assert last.verdict.points[0].verdict == "unmet"
    assert last.verdict.versions.calibration == "unfitted+own"


def test_fewer_corrections_move_nothing(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record
) -> None:
    without(2, record)
    quiz("explain")
    assert "From now on" not in tutor("quiz", "--plain", stdin="maybe so\n\nn\n").out


def test_grading_one_answer_is_as_measured(tutor: Tutor, client: Script, record: Record) -> None:
    without(0, record)
    told = tutor("grade", "sample/explain-item", "maybe so", "--json")
    assert told.json["points"][0]["verdict"] == "unsure"
    assert told.json["versions"]["calibration"] == "unfitted"


def test_grading_a_file_is_as_measured(tutor: Tutor, client: Script, record: Record) -> None:
    without(0, record)
    (row,) = rows_of(tutor("grade", "--batch", "-", stdin=batch(ROW | {"answer": "maybe so"})))
    assert "unsure" in [point["verdict"] for point in row["points"]]
    assert row["versions"]["calibration"] == "unfitted"


@pytest.mark.parametrize(
    ("language", "told", "again"),
    [
        (
            "en",
            "tiny grades by the thresholds it came with again: 50 decisions of yours no longer count, and stay in the history.\n",
            "tiny grades by the thresholds it came with: there is nothing to reset.\n",
        ),
        (
            "ko",
            "tiny는 다시 처음 기준으로 채점해요. 직접 판단한 요점 50개는 기록에 남지만, 더는 반영하지 않아요.\n",
            "tiny는 이미 처음 기준으로 채점하고 있어요. 되돌릴 것이 없어요.\n",
        ),
    ],
)
def test_the_command_takes_them_back(
    tutor: Tutor, model: Path, record: Record, language: str, told: str, again: str
) -> None:
    without(0, record)
    command = ("--language", language, "models", "reset-thresholds")
    first, second = tutor(*command), tutor(*command)
    assert (first.code, first.out, first.err) == (0, told, "")
    assert (second.code, second.out, second.err) == (0, again, "")
    with record() as store:
        assert len(list(store.events("thresholds_reset"))) == 1


def test_the_result_for_scripts(tutor: Tutor, model: Path, record: Record) -> None:
    without(0, record)
    told = tutor("models", "reset-thresholds", "--json")
    assert told.json == {"name": MODEL, "no_longer_counted": ENOUGH}


def test_a_model_on_a_server_is_reset_without_asking_it(
    tutor: Tutor, home: Places, record: Record
) -> None:
    home.settings.parent.mkdir(parents=True, exist_ok=True)
    home.settings.write_text('model = "http://localhost:1/v1#org/tiny"\n')
    without(0, record)
    told = tutor("models", "reset-thresholds", "--json")
    assert told.json == {"name": MODEL, "no_longer_counted": ENOUGH}


def test_a_server_that_has_one_model_is_asked_for_its_name(
    tutor: Tutor, home: Places, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = Serving()
    monkeypatch.setattr(model_session, "client_for", lambda context, place: scripted)
    home.settings.parent.mkdir(parents=True, exist_ok=True)
    home.settings.write_text('model = "http://localhost:1/v1"\n')
    without(0, record)
    told = tutor("models", "reset-thresholds", "--json")
    assert told.json == {"name": MODEL, "no_longer_counted": ENOUGH}
    assert scripted.closed


def test_without_a_model_or_with_too_many_words(tutor: Tutor, home: Places) -> None:
    told = tutor("models", "reset-thresholds")
    assert told.code == 1
    assert told.err.startswith("No model is in use")
    assert tutor("models", "reset-thresholds", "now").code == 2
