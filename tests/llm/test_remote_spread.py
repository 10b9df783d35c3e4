"""From the tokens that a server lists to how likely continuations are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.remote_messages import Position
from tutor.llm.remote_spread import Spread, likeliest_fit, nominal, rest, steps_needed


def position(said: str, **likely: float) -> Position:
    """A position where `said` was said; `likely` has probabilities."""
    top = [(token.encode(), math.log(each)) for token, each in likely.items()]
    return Position(said.encode(), math.log(likely[said]), top)


def probabilities(texts: list[str], *positions: Position) -> dict[str, float]:
    found = Spread(texts, positions).continuations()
    return {text: round(math.exp(each.logprob), 6) for text, each in found.items()}


def test_a_token_counts_for_what_it_begins() -> None:
    first = position("Yes", Yes=0.6, Ye=0.1, No=0.2, N=0.05)
    assert probabilities(["Yes", "No"], first) == {"Yes": 0.7, "No": 0.25}


def test_a_space_in_front_of_a_turn_is_no_other_answer() -> None:
    first = Position(b" Yes", math.log(0.5), [(b" Yes", math.log(0.5)), (b"No", math.log(0.25))])
    assert probabilities(["Yes", "No"], first) == {"Yes": 0.5, "No": 0.25}


def test_of_what_is_not_listed_only_a_bound_is_known() -> None:
    first = position("Yes", Yes=0.6, Oh=0.3)
    assert probabilities(["Yes", "No"], first) == {"Yes": 0.6, "No": 0.1}
    first = position("Yes", Yes=0.6, Oh=0.01)
    assert probabilities(["Yes", "No"], first) == {"Yes": 0.6, "No": 0.01}
    assert math.exp(rest(position("Yes", Yes=1.0))) == pytest.approx(1e-9)


def test_what_begins_alike_is_told_apart_further_on() -> None:
    talk = [
        position("Yes", Yes=0.8, No=0.2),
        Position(b",", math.log(0.5), [(b",", math.log(0.5)), (b"!", math.log(0.25))]),
    ]
    assert probabilities(["Yes, it is", "Yes!", "No"], *talk) == {
        "Yes, it is": 0.4,
        "Yes!": 0.2,
        "No": 0.2,
    }


def test_what_is_whole_has_what_no_longer_one_claims() -> None:
    talk = [
        position("No", No=0.8, Yes=0.2),
        Position(b".", math.log(0.7), [(b".", math.log(0.7)), (b" idea", math.log(0.3))]),
    ]
    assert probabilities(["No", "No idea", "Yes"], *talk) == {
        "No": 0.56,
        "No idea": 0.24,
        "Yes": 0.2,
    }


def test_what_cannot_be_told_apart_is_shared() -> None:
    elsewhere = [position("Hm", Hm=0.5, Yes=0.4), position("x", x=1.0)]
    assert probabilities(["Yes, it is", "Yes!"], *elsewhere) == {"Yes, it is": 0.2, "Yes!": 0.2}


def test_how_far_the_number_reaches_is_said() -> None:
    talk = [position("Yes", Yes=0.8), Position(b",", 0.0, [(b",", 0.0)])]
    found = Spread(["Yes, it is", "Yes!", "No"], talk).continuations()
    assert [each.tokens for each in found.values()] == [2, 2, 1]


@given(
    st.lists(st.text("Yesno, ", min_size=1, max_size=5), min_size=1, max_size=4, unique=True),
    st.lists(
        st.lists(
            st.tuples(st.text("Yesno, ", max_size=3), st.floats(0.01, 1.0)),
            min_size=1,
            max_size=5,
            unique_by=lambda pair: pair[0],
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_it_is_always_a_probability(texts: list[str], drawn: list[list[tuple[str, float]]]) -> None:
    positions = []
    for pairs in drawn:
        total = sum(weight for _, weight in pairs) * 1.01
        top = [(token.encode(), math.log(weight / total)) for token, weight in pairs]
        positions.append(Position(top[0][0], top[0][1], top))
    found = Spread(texts, positions)
    for each in found.continuations().values():
        assert each.logprob <= 0
        assert 1 <= each.tokens <= len(positions)
    known = [mass for mass in found._mass.values() if mass > 0]
    assert sum(known) <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("texts", "steps"),
    [(["Yes", "No"], 1), (["Yes"], 1), (["No", "Not"], 3), (["ab", "ac"], 2), (["가", "각"], 3)],
)
def test_how_many_tokens_may_be_needed(texts: list[str], steps: int) -> None:
    assert steps_needed(texts) == steps


def test_the_longest_listed_beginning_is_forced() -> None:
    listed = Position(b" ", -0.1, [(b" ", -0.1), (b" four", -2.0), (b" fo", -1.0), (b"", -0.2)])
    assert likeliest_fit(listed, b" four, five") == (b" four", -2.0)
    assert likeliest_fit(listed, b"four") is None


def test_without_log_probabilities_the_numbers_are_nominal() -> None:
    found = nominal(["a", "b", "c"], "b")
    shares = [math.exp(found[text].logprob) for text in "abc"]
    assert shares == pytest.approx([0.05, 0.9, 0.05])
