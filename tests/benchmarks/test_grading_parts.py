"""The parts of the evaluation, against values worked out by hand or by another route."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.grading.tuning.trees import Labelled, filled_up, packs
from tests.benchmarks.grading import collect, metrics, public
from tests.benchmarks.grading.cases import Case, held_out, share
from tests.benchmarks.grading.graders import JUDGE, LEXICAL, MAJORITY, NAIVE, fitted, folded, known
from tests.benchmarks.grading.lexical import FEATURES
from tests.benchmarks.grading.public import nearest
from tests.benchmarks.grading.record import About, Measured, read, write
from tests.benchmarks.grading.regression import fit
from tests.benchmarks.grading.table import accepted, balanced
from tutor.grading import plain_prompt, platt, prompts
from tutor.grading.calibration import UNFITTED
from tutor.grading.rubric import Judge
from tutor.llm.protocol import Message
from tutor.llm.scripted import ScriptedClient

P = np.array([0.9, 0.8, 0.3, 0.1])
Y = np.array([1.0, 0.0, 1.0, 0.0])


def test_figures_by_hand() -> None:
    assert metrics.accuracy(P, Y) == 0.5
    assert metrics.macro_f1(P, Y) == 0.5
    assert metrics.auc(P, Y) == 0.75
    assert metrics.ece(P, Y) == pytest.approx((0.1 + 0.8 + 0.7 + 0.1) / 4)
    assert metrics.surprise(P, Y) == pytest.approx(-math.log(0.9 * 0.2 * 0.3 * 0.9) / 4)
    assert metrics.rmse(P, Y) == pytest.approx(math.sqrt((0.01 + 0.64 + 0.49 + 0.01) / 4))
    assert metrics.risk_coverage(P, Y) == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)
    assert metrics.decided(P, Y, unmet=0.2, met=0.85) == (0.5, 1.0)
    assert metrics.qwk(Y, Y) == 1
    assert metrics.qwk(1 - Y, Y) == -1
    assert metrics.pearson(Y, Y) == pytest.approx(1)


def test_auc_counts_equals_half() -> None:
    assert metrics.auc(np.array([0.5, 0.5]), np.array([0.0, 1.0])) == 0.5
    assert math.isnan(metrics.auc(P, np.ones(4)))


def test_an_interval_holds_its_figure_and_narrows_with_more_groups() -> None:
    dice = np.random.default_rng(7)
    y = (dice.random(900) < 0.5).astype(float)
    p = np.where(dice.random(900) < 0.8, y, 1 - y)
    many = metrics.interval(metrics.accuracy, p, y, [str(at // 3) for at in range(900)])
    few = metrics.interval(metrics.accuracy, p[:90], y[:90], [str(at // 3) for at in range(90)])
    assert many.low <= many.value <= many.high
    assert many.high - many.low < few.high - few.low


def test_fitting_finds_what_was_put_in() -> None:
    generator = np.random.default_rng(7)
    x = generator.normal(size=(4000, 2))
    p = 1 / (1 + np.exp(-(1 + 2 * x[:, 0] - x[:, 1])))
    labels = (generator.random(4000) < p).astype(float)
    assert np.allclose(fit(x, labels, ridge=0), [1, 2, -1], atol=0.2)


def test_thresholds_decide_only_what_is_right_often_enough() -> None:
    p = [at / 99 for at in range(100)]
    unmet, met = platt.thresholds(p, [each > 0.5 for each in p], right=0.9)
    assert (unmet, met) == (0.5, 0.5)
    coin = [False, True] * 50
    assert platt.thresholds(p, coin, right=0.9) == (0.0, 2.0)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60))
def test_thresholds_are_the_widest_there_are(some: list[tuple[int, bool]]) -> None:
    """Against a look at every threshold in turn."""
    rows = [(p / 9, y) for p, y in some]
    least = max(1.0, len(rows) / 20)

    def good(part: list[bool]) -> bool:
        return len(part) >= least and sum(part) >= 0.9 * len(part)

    at = sorted({p for p, _ in rows} | {0.5})
    met = next((t for t in at if t >= 0.5 and good([y for p, y in rows if p >= t])), 2.0)
    unmet = next((t for t in at[::-1] if t <= 0.5 and good([not y for p, y in rows if p < t])), 0.0)
    found = platt.thresholds([p for p, _ in rows], [y for _, y in rows], 0.9)
    assert found == (unmet, met)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40))
def test_auc_is_the_share_of_pairs_in_order(some: list[tuple[int, bool]]) -> None:
    true, false = [s for s, y in some if y], [s for s, y in some if not y]
    found = platt.auc([s for s, _ in some], [y for _, y in some])
    if not true or not false:
        assert math.isnan(found)
    else:
        wins = sum((t > f) + (t == f) / 2 for t in true for f in false)
        assert found == pytest.approx(wins / (len(true) * len(false)))


def rows(count: int, seed: int = 7) -> list[Measured]:
    """Margins that say the truth four times out of five, texts that say nothing."""
    dice = np.random.default_rng(seed)
    found = []
    for at in range(count):
        label = bool(dice.random() < 0.5)
        margin = (2.0 if label else -2.0) + float(dice.normal(0, 2.4))
        text = {name: float(dice.random()) for name in FEATURES}
        found.append(
            Measured(
                id=f"set/{at}", set="gold", split="fit", language="en", group=f"g{at // 10}",
                answer=str(at), label=label, signals={"margin": margin, **text},
            )
        )  # fmt: skip
    return found


def test_a_way_is_as_good_as_its_signals() -> None:
    some, others = rows(600), rows(600, seed=8)
    y = np.array([row.label for row in others], float)
    judge, words = fitted(JUDGE, some), fitted(LEXICAL, some)
    assert metrics.accuracy(judge.p(others), y) > 0.75
    assert metrics.accuracy(words.p(others), y) < 0.6
    assert metrics.ece(judge.p(others), y) < 0.06
    share, right = metrics.decided(judge.p(others), y, judge.unmet, judge.met)
    assert share > 0.2
    assert right > 0.85
    assert np.allclose(fitted(MAJORITY, some).p(others), np.mean([row.label for row in some]))
    assert known(JUDGE, some) == some
    assert known(NAIVE, some) == []


def test_folds_keep_questions_whole() -> None:
    """Labels that only the question tells can't be learned from other questions."""
    some = rows(200)
    p = folded(JUDGE, some)
    assert ((p > 0) & (p < 1)).all()
    y = np.array([row.label for row in some], float)
    assert 0.6 < metrics.accuracy(p, y) < 0.95


def test_an_answer_is_accepted_when_all_its_points_are_met() -> None:
    judge = fitted(JUDGE, rows(600))
    base = rows(1)[0]
    yes, no = {"margin": 40.0}, {"margin": -40.0}

    def made(answer: str, signals: dict[str, float], **more: object) -> Measured:
        return replace(
            base, id=f"{answer}/{signals}", kind="soup", answer=answer, signals=signals, **more
        )

    found = accepted(
        [
            made("a", yes), made("a", yes), made("b", yes), made("b", no),
            made("c", {}, stopped="echo"), made("d", yes, doubtful=True),
        ],
        judge,
    )  # fmt: skip
    assert found == {("soup", "en"): (1, 4)}


def test_balanced_rows_are_half_and_half() -> None:
    some = balanced(rows(101))
    assert sum(row.label for row in some) * 2 == len(some)


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl.gz"
    some = rows(20)
    write(path, About(prompt="plain-1"), reversed(some))
    first = path.read_bytes()
    about, found = read(path)
    assert about == About(prompt="plain-1")
    assert found == sorted(some, key=lambda row: row.id)
    write(path, about, found)
    assert path.read_bytes() == first


def test_a_split_is_for_ever() -> None:
    assert [share(text, 10) for text in ("a", "b", "llm-definition")] == [
        share(text, 10) for text in ("a", "b", "llm-definition")
    ]
    assert held_out("llm-definition")
    assert not held_out("next-token-loop")


def test_unseen_answers_are_calibrated_on_unseen_answers(tmp_path: Path) -> None:
    """A train question is wholly kept from training, or a twelfth of its answers is."""
    folder = tmp_path / "semeval2013"
    folder.mkdir()
    for part in ("train", "UA"):
        lines = [
            {
                "id": f"{question}-{at}", "qid": f"q{question}", "question": "?", "answer": f"answer {at}",
                "references": [{"text": "right"}], "label": "correct",
            }
            for question in range(20)
            for at in range(60)
        ]  # fmt: skip
        path = folder / f"beetle.2way.{part}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    splits: dict[str, list[str]] = {}
    for case in public.semeval(tmp_path, "beetle"):
        splits.setdefault(case.group, []).append(case.split)
    for found in splits.values():
        assert found.count("test") == 60
        kept = found.count("answers")
        assert found.count("fit") == 60 or (0 < kept < 15 and found.count("tune") == 60 - kept)
    assert sum("fit" in found for found in splits.values()) == sum(
        share(f"q{at}", 10) == 0 for at in range(20)
    )


def test_the_opposite_question_stands_at_the_end_of_the_same_prompt() -> None:
    for whole in (False, True):
        asked = plain_prompt.prompt("Why?", "Because.", "It is so.", whole=whole)
        found = collect.opposite(asked)
        assert isinstance(found, str)
        assert found.rpartition("\n")[0] == asked.rpartition("\n")[0]
        assert found != asked
    talk = prompts.messages("Why?", "Because.", "It is so.")
    *before, last = collect.opposite(talk)
    assert before == talk[:-1]
    assert last.content.endswith("Does the answer leave this out?")


async def test_a_model_is_asked_once_for_each_signal(tmp_path: Path) -> None:
    """And what was asked before a run was cut off is not asked again."""
    cases = [
        Case(
            id=f"set/{at}", set="gold", split="fit", language="en", group="g", question="Why?",
            answer=answer, claim="It is so.", label=True,
        )
        for at, answer in enumerate(("Because it is so.", "It is so, I think.", ""))
    ]  # fmt: skip

    def likelier(messages: Sequence[Message], choices: Sequence[str]) -> list[float]:
        opposite = any(word in messages[-1].content for word in ("leave this out", "not true"))
        return [-2.0, -1.0] if opposite else [-1.0, -2.0]

    client = ScriptedClient(choices=likelier)
    judge = Judge(client, replace(UNFITTED, prompt=plain_prompt.VERSION))
    memory = tmp_path / "memory.jsonl"

    async def all_signals() -> tuple[list[Measured], dict[str, dict[str, float]], int]:
        collector = collect.Collector(judge, client, About(), collect.Memory(memory))
        measured = await collector.measured(cases, baseline=True)
        return measured, await collector.opposed(cases), collector.computed

    measured, opposed, asked = await all_signals()
    assert [row.signals.get("margin") for row in measured] == [None, 1.0, 1.0]
    assert measured[0].stopped
    assert sorted(opposed) == ["set/0", "set/1"]
    for signals in opposed.values():
        assert (signals["left_out"], signals["denied"]) == (-1.0, -1.0)
        assert -1 <= signals["similar"] <= 1
    assert asked == len(client.requests) - 2  # a similarity takes two
    assert await all_signals() == (measured, opposed, 0)


def test_what_an_answer_believes_stands_beside_its_points() -> None:
    point = replace(rows(1)[0], id="gold/c/i/0/p", answer="gold/c/i/0", group="gold/i")
    beliefs = [
        replace(point, id=f"beliefs/c/i/0/{at}", set="beliefs", answer="beliefs/c/i/0", signals={"margin": margin})
        for at, margin in enumerate((-3.0, 2.0))
    ]  # fmt: skip
    found = collect.with_beliefs([point, *beliefs])
    assert found[0].signals == {**point.signals, "believed": 2.0}
    assert found[1:] == beliefs
    assert collect.with_beliefs([point]) == [point]


def test_the_nearest_reference_is_taken() -> None:
    references = ["the gap separates the terminals", "terminal 1 is connected to the battery"]
    assert nearest("it is connected to the battery", references) == references[1]
    assert nearest("zzz", references) == references[0]


token_lists = st.lists(
    st.lists(st.integers(0, 3), min_size=1, max_size=8).map(tuple), min_size=1, max_size=12
)


@given(token_lists)
def test_in_a_pack_every_prompt_sees_itself_and_nothing_else(
    prompts: list[tuple[int, ...]],
) -> None:
    wanted = [Labelled(tokens, bool(at % 2)) for at, tokens in enumerate(prompts)]
    seen: list[tuple[tuple[int, ...], float]] = []
    for pack in packs(wanted, 16):
        assert len(pack.shape.tokens) <= 16
        for leaf, label in zip(pack.leaves, pack.labels, strict=True):
            visible = np.flatnonzero(pack.shape.sees[leaf])
            assert list(pack.shape.positions[visible]) == list(range(len(visible)))
            seen.append((tuple(pack.shape.tokens[visible].tolist()), float(label)))
    assert seen == [(p.tokens, float(p.label)) for p in wanted]


def test_what_prompts_share_stands_once() -> None:
    [pack] = packs([Labelled((1, 2, 3), True), Labelled((1, 2, 4), False)], 16)
    assert pack.shape.tokens.tolist() == [1, 2, 3, 4]
    assert pack.shape.positions.tolist() == [0, 1, 2, 2]
    assert pack.leaves.tolist() == [2, 3]


def of_margins(margins: list[float], labels: list[bool]) -> list[Measured]:
    return [
        Measured(
            id=str(at), set="gold", split="fit", language="en", group=str(at), answer=str(at), label=label,
            signals={"margin": margin},
        )
        for at, (margin, label) in enumerate(zip(margins, labels, strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize(("blurred", "aim", "least"), [(1, 0.97, 0.75), (3, 0.9, 0.3)])
def test_a_judge_that_can_be_strict_is(blurred: int, aim: float, least: float) -> None:
    """`blurred`: how far from the middle, of four, every third label is not what the margin says."""
    margins = [at / 50 for at in range(-200, 200)]
    labels = [
        (margin > 0) != (abs(margin) < blurred and at % 3 == 0) for at, margin in enumerate(margins)
    ]
    rows = of_margins(margins, labels)
    found = fitted(JUDGE, rows)
    y = np.array(labels, float)
    share, right = metrics.decided(found.p(rows), y, found.unmet, found.met)
    assert share >= least
    assert right >= aim


def test_a_pack_is_filled_up_with_tokens_that_nothing_sees() -> None:
    [pack] = packs([Labelled((1, 2, 3), True), Labelled((1, 2, 4), False)], 16)
    full = filled_up(pack.shape, 6)
    assert (len(full.tokens), len(full.positions), full.sees.shape) == (6, 6, (6, 6))
    assert (full.sees[:4, :4] == pack.shape.sees).all()
    assert not full.sees[:4, 4:].any()
    assert not full.sees[4:, :4].any()
    assert filled_up(pack.shape, 2).tokens.tolist() == pack.shape.tokens.tolist()


def test_a_prompt_that_fits_no_pack_is_left_out() -> None:
    assert [
        len(p.leaves) for p in packs([Labelled(tuple(range(20)), True), Labelled((1,), True)], 16)
    ] == [1]
