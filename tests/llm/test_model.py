from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.llm.fake_native import ByteVocabulary, FakeEvaluator, FakeOwned, likelihood, model
from tests.llm.templates import GEMMA, jinja
from tutor.llm.cache import Cache
from tutor.llm.engine import Cancelled, Refused
from tutor.llm.model import Model
from tutor.llm.protocol import Adapter, Message, Sampling
from tutor.llm.shelf import Shelf

HI = [Message("user", "Hi <end>")]


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def said(held: Model, prompt: str, sampling: Sampling) -> tuple[str, str]:
    stream = held.generate("chat", held.prompt(prompt), sampling, silent)
    text = ""
    while True:
        try:
            text += next(stream)
        except StopIteration as end:
            return text, end.value


def test_only_the_templates_own_text_becomes_control_tokens() -> None:
    template = jinja("{% for m in messages %}{{ m.content }}<end>{% endfor %}")
    tokens = model(FakeEvaluator(), template).prompt(HI)
    assert tokens == [1, *b"Hi <end>", 0]


def test_a_base_model_gets_the_bare_contents() -> None:
    assert model(FakeEvaluator()).prompt(HI) == [1, *b"Hi <end>\n\n"]
    assert model(FakeEvaluator()).prompt(HI, open_turn=True) == [1, *b"Hi <end>"]
    assert model(FakeEvaluator()).render(HI) == "Hi <end>\n\n"


def test_a_template_that_refuses_a_talk_is_one_line() -> None:
    with pytest.raises(Refused) as refused:
        model(FakeEvaluator(), jinja(GEMMA)).prompt([*HI, *HI])
    expected = "the model's chat template can't write this talk (roles must alternate); choose another model"
    assert refused.value.message == expected


def test_a_prompt_has_to_leave_room_for_an_answer() -> None:
    held = model(FakeEvaluator(n_ctx=10))
    assert len(held.prompt("a" * 8)) == 9
    with pytest.raises(Refused) as refused:
        held.prompt("a" * 9)
    assert refused.value.reason == "too_long"
    expected = "the text has 10 tokens and the context 10; shorten it or raise `context`"
    assert refused.value.message == expected


def test_an_empty_prompt_is_refused() -> None:
    held = Model(
        model(FakeEvaluator()).info,
        ByteVocabulary(opening=()),
        {"chat": Cache(FakeEvaluator(), "chat", Shelf(0))},
        None,
        FakeOwned(),
    )
    with pytest.raises(Refused, match="the prompt is empty"):
        held.prompt("")


def test_a_prompt_pays_only_for_what_differs_from_the_last() -> None:
    evaluator = FakeEvaluator()
    held = model(evaluator)
    assert held.prefill("judge", held.prompt("The same beginning"), silent) == 19
    before = evaluator.evaluated
    held.choose("judge", held.prompt("The same beginning, other end"), ["a"], silent)
    assert evaluator.evaluated - before == len(", other end")
    before = evaluator.evaluated
    held.choose("judge", held.prompt("The same beginning, other end"), ["a"], silent)
    assert evaluator.evaluated - before == 1
    held.prefill("judge", held.prompt("The same"), silent)
    assert evaluator.evaluated - before == 1


def test_progress_is_told_of_prompts_longer_than_a_batch() -> None:
    steps: list[tuple[int, int]] = []
    held = model(FakeEvaluator())
    held.prefill("judge", held.prompt("a" * 7), lambda *step: steps.append(step))
    assert steps == []
    held.prefill("judge", held.prompt("b" * 18), lambda *step: steps.append(step))
    assert steps == [(8, 18), (16, 18), (18, 18)]


@pytest.mark.parametrize("cuts", [True, False], ids=["cut", "recurrent"])
@given(
    prompt=st.text("ab", min_size=1, max_size=20),
    choices=st.lists(st.text("ab가", min_size=1, max_size=2), min_size=1, max_size=4),
)
def test_a_choice_is_as_likely_as_its_tokens_one_after_the_other(
    cuts: bool, prompt: str, choices: list[str]
) -> None:
    held = model(FakeEvaluator(cuts=cuts))
    tokens = held.prompt(prompt)
    for chosen, text in zip(held.choose("judge", tokens, choices, silent), choices, strict=True):
        parts = held.tokenize(text)
        each = [likelihood([*tokens, *parts[:i]], part) for i, part in enumerate(parts)]
        assert (chosen.text, chosen.tokens) == (text, len(parts))
        assert chosen.logprob == pytest.approx(sum(each))


@pytest.mark.parametrize(("text", "reason"), [("", "failed"), ("a" * 9, "too_long")])
def test_a_choice_that_cant_be_measured_is_refused(text: str, reason: str) -> None:
    held = model(FakeEvaluator())
    with pytest.raises(Refused) as refused:
        held.choose("judge", held.prompt("a"), ["b", text], silent)
    assert refused.value.reason == reason


@pytest.mark.parametrize("cuts", [True, False], ids=["cut", "recurrent"])
def test_a_prompt_cancelled_in_the_middle_leaves_what_was_whole(cuts: bool) -> None:
    evaluator = FakeEvaluator(cuts=cuts)
    held = model(evaluator)
    tokens = held.prompt("x" * 30)
    evaluator.abort_at = 2
    with pytest.raises(Cancelled):
        held.prefill("judge", tokens, silent)
    assert evaluator.held == (tokens[:16] if cuts else [])
    before = evaluator.evaluated
    assert held.prefill("judge", tokens, silent) == 31
    assert evaluator.held == tokens
    assert evaluator.evaluated - before == (15 if cuts else 31)


def test_an_answer_ends_with_the_models_turn() -> None:
    held = model(FakeEvaluator(reply="한 글".encode()))
    assert said(held, "a", Sampling()) == ("한 글", "stop")


def test_an_answer_ends_at_max_tokens_and_at_the_end_of_the_context() -> None:
    held = model(FakeEvaluator(n_ctx=10, reply=b"abcdefghijkl"))
    assert said(held, "xy", Sampling(max_tokens=3)) == ("abc", "length")
    assert said(held, "xy", Sampling(max_tokens=0)) == ("", "length")
    assert said(held, "xyz", Sampling()) == ("abcdef", "length")


def test_an_answer_ends_before_a_stop_string() -> None:
    held = model(FakeEvaluator(reply=b"one\ntwo\nthree"))
    assert said(held, "a", Sampling(stop=("\nth", "two\nX"))) == ("one\ntwo", "stop")


def test_an_answer_is_part_of_the_next_prompts_beginning() -> None:
    evaluator = FakeEvaluator(reply=b"yes")
    held = model(evaluator)
    said(held, "a", Sampling())
    before = evaluator.evaluated
    held.prefill("chat", held.prompt("ayes and"), silent)
    assert evaluator.evaluated - before == len(" and")


def test_a_model_is_given_back_once() -> None:
    owned = FakeOwned()
    held = Model(model(FakeEvaluator()).info, ByteVocabulary(), {}, None, owned)
    held.close()
    held.close()
    assert (owned.rested, owned.freed) == (1, 1)


def test_the_likeliest_tokens_come_first_and_a_control_token_by_its_name() -> None:
    held = model(FakeEvaluator())
    tokens = held.prompt("a")
    choices = held.next_tokens("chat", tokens, 256, silent)
    assert [c.logprob for c in choices] == sorted((c.logprob for c in choices), reverse=True)
    assert {c.id: c.logprob for c in choices} == {t: likelihood(tokens, t) for t in range(256)}
    [end] = [c for c in choices if c.control]
    assert (end.id, end.data) == (0, b"<end>")
    assert held.next_tokens("chat", tokens, 3, silent) == choices[:3]


def test_the_hidden_state_is_that_of_the_whole_prompt_whatever_was_held() -> None:
    evaluator = FakeEvaluator()
    held = model(evaluator)
    tokens = held.prompt("x" * 20)
    first = held.hidden("chat", tokens, silent)
    assert first == held.hidden("chat", tokens, silent)
    assert first != held.hidden("chat", tokens[:-1], silent)


def test_a_change_of_adapters_forgets_what_was_evaluated_without_them() -> None:
    evaluator = FakeEvaluator()
    held = model(evaluator, shelf=Shelf(1000))
    held.prefill("chat", held.prompt("a prompt"), silent)
    with pytest.raises(Refused, match="no adapter"):
        held.set_adapters("chat", [Adapter("a.gguf"), Adapter("no.gguf")])
    assert evaluator.held
    assert evaluator.adapted == []
    held.set_adapters("chat", [Adapter("a.gguf", 0.5)])
    assert evaluator.adapted == [("a.gguf", 0.5)]
    assert evaluator.held == []
    before = evaluator.evaluated
    held.prefill("chat", held.prompt("a prompt"), silent)
    assert evaluator.evaluated - before == 9


def test_an_answer_that_was_interrupted_goes_on_where_it_was() -> None:
    evaluator = FakeEvaluator(reply=b"abcdef")
    held = model(evaluator)
    tokens = held.prompt("question")
    stream = held.generate("chat", tokens, Sampling(), silent)
    text = next(stream) + next(stream)
    held.choose("chat", held.prompt("something else"), ["x"], silent)
    text += "".join(stream)
    assert text == "abcdef"
    assert evaluator.held == [*tokens, *b"abcdef"]


def test_an_answer_that_was_stopped_yields_nothing_and_goes_on_when_asked() -> None:
    evaluator = FakeEvaluator(reply=b"abcdef")
    held = model(evaluator)
    evaluator.abort_at = 0
    stream = held.generate("chat", held.prompt("question"), Sampling(), silent)
    pieces = [next(stream)]
    evaluator.abort_at = 3
    pieces += stream
    assert pieces.count("") == 3  # the two that were stopped, and the end
    assert "".join(pieces) == "abcdef"
