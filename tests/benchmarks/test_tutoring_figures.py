"""Replies that were kept, what a person says of them, and the figures made of both."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests.benchmarks.tutoring import labels
from tests.benchmarks.tutoring.figures import kept, lines, score, targets
from tests.benchmarks.tutoring.labelled import Question, questions
from tests.benchmarks.tutoring.record import About, HintGiven, Margin, Record, Reply, Row, Stated
from tests.benchmarks.tutoring.replies import chosen
from tutor.content.schema import LANGUAGES, Language
from tutor.llm.fitted import AdapterFile, Fingerprint

ABOUT = About(model=Fingerprint(name="m", architecture="a", parameters=1, bytes=1), adapter=None)
ANSWERED = next(each for each in questions("en") if each.answered_by)
BEYOND = next(each for each in questions("en") if not each.answered_by)
GOLD = f"{ANSWERED.answered_by[0].lesson}/{ANSWERED.answered_by[0].section}"


def reply(to: Question = ANSWERED, **changes: object) -> Reply:
    stated = [
        Stated("Said by the lesson.", [GOLD], marked=False),
        Stated("Invented.", ["other/place"], marked=False),
        Stated("Invented too.", [], marked=True),
    ]
    plain = Reply(
        question=to.id,
        way="tutor",
        wrote="",
        shown="It is said by the lesson.",
        by_model=True,
        refused=False,
        statements=stated,
        forbidden=[-1.0, 1.0],
        point=1.0,
        first=0.4,
        step=0.1,
    )
    return replace(plain, **changes)


READ = {
    (ANSWERED.id, "Said by the lesson."): [GOLD],
    (ANSWERED.id, "Invented."): [],
    (ANSWERED.id, "Invented too."): [],
}


def says(margin: float) -> bool:
    return margin > 0


def test_each_figure_is_what_its_name_says() -> None:
    refusing = reply(BEYOND, refused=True, statements=[], forbidden=[], by_model=False)
    found = score([reply(), refusing], "en", READ, says)
    assert (found.replies, found.by_model, found.kept) == (2, 1, 2)
    assert (found.refused, found.unanswerable, found.refused_rightly) == (1, 1, 1)
    assert (found.says_point, found.points) == (1, 1)
    assert (found.forbidden, found.claims) == (1, 2)
    assert (found.statements, found.cited, found.marked) == (3, 2, 1)
    assert (found.citations_right, found.citations_read) == (1, 2)
    assert (found.read, found.unsupported, found.unmarked, found.unread) == (3, 2, 1, 0)
    assert (found.gold_citations, found.citations, found.gold_replies) == (1, 2, 1)
    assert found.ratios == pytest.approx([4.0, 4.0])


def test_what_nobody_has_read_is_counted_and_judged_by_nobody() -> None:
    found = score([reply()], "en", {}, says)
    assert (found.read, found.unread, found.citations_read) == (0, 3, 0)


def test_replies_to_the_other_language_are_left_out() -> None:
    assert score([reply()], "ko", READ, says).replies == 0


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("A model predicts the next token.", "en", True),
        ("모델은 다음 token을 예측해요.", "ko", True),
        ("A model predicts the next token.", "ko", False),
        ("모델은 다음 토큰을 예측해요.", "en", False),
        ("모델은 다음 词을 예측해요, 토큰을요.", "ko", False),
        ("Модель predicts the next token.", "en", False),
        ("196년이 걸립니다 [6].", "ko", True),
        ("196년이 걸립니다 [6].", "en", False),
        ("14 GB [2].", "en", True),
        ("14 GB [2].", "ko", False),
    ],
)
def test_a_reply_keeps_its_language(text: str, language: Language, right: bool) -> None:
    assert kept(text, language) is right


def test_targets_are_missed_by_bad_replies_and_by_none_at_all() -> None:
    good = score([reply(forbidden=[-1.0, -1.0])], "en", READ, says)
    bare = score([reply(way="bare", forbidden=[1.0, 1.0])], "en", {}, says)
    by_name = {each.what: each for each in targets({"en": good}, {"en": bare})}
    assert not by_name["citation precision, read by hand"].met
    assert by_name["forbidden claims, of the baseline's"].met
    assert by_name["first word, in steps of decoding"].met
    assert not any(each.met for each in targets({}, {}))


def test_the_table_has_a_column_for_each() -> None:
    found = score([reply()], "en", READ, says)
    head, *rest = lines([("tutor en", found), ("bare en", found)])
    assert head.split() == ["tutor", "en", "bare", "en"]
    assert any(line.startswith("states a forbidden claim") and "1/2" in line for line in rest)


@pytest.mark.parametrize("language", LANGUAGES)
def test_thirty_questions_a_language_are_asked(language: Language) -> None:
    asked = chosen(language)
    assert len(asked) >= 30
    assert sum(bool(each.forbidden) for each in asked) >= 20
    assert any(not each.answered_by for each in asked)


def test_a_record_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    hint = HintGiven(
        answer="a", language="en", text="t", by="model", first="t", flaws=[""], leaks=False,
        run=1, first_run=1, states=None, first_states=None, seconds=1.0,
    )  # fmt: skip
    rows: list[Row] = [reply(), Margin(sentence="en-01", margin=0.5), hint]
    record = Record.of(path, ABOUT)
    for row in rows:
        record.put(row)
    again = Record.of(path, ABOUT)
    assert again.replies == [rows[0]]
    assert again.margins == {"en-01": 0.5}
    assert again.hints == [hint]
    assert again.has("reply", ANSWERED.id, "tutor")
    assert not again.has("reply", ANSWERED.id, "bare")


def test_a_record_of_another_adapter_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    Record.of(path, ABOUT).put(reply())
    other = replace(ABOUT, model=replace(ABOUT.model, bytes=2))
    assert not Record.of(path, other).replies
    assert Record.read(path).about == other


def test_another_voice_keeps_what_it_has_no_part_in(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    record = Record.of(path, ABOUT)
    for row in (reply(), reply(way="untuned"), reply(way="bare"), Margin(sentence="s", margin=0.5)):
        record.put(row)
    voice = AdapterFile(file="tutor-m.gguf", bytes=1, sha256="")
    record = Record.of(path, replace(ABOUT, voice=voice))
    assert [each.way for each in record.replies] == ["untuned", "bare"]
    assert record.margins == {"s": 0.5}
    again = Record.read(path)
    assert (again.about.voice, again.replies) == (voice, record.replies)


def test_labels_are_found_by_question_and_statement(tmp_path: Path) -> None:
    path = labels.path_of(tmp_path, "m")
    assert labels.read(path) == {}
    rows = [{"question": "en-02", "statement": "It is so.", "said_by": [GOLD]}]
    path.write_bytes(msgspec.yaml.encode(rows))
    assert labels.read(path) == {("en-02", "It is so."): [GOLD]}
    path.write_bytes(msgspec.yaml.encode([{"question": "en-02", "statement": "It is so."}]))
    with pytest.raises(msgspec.ValidationError):
        labels.read(path)
