from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.llm.templates import CHATML, DROPS, GEMMA, LOUD, TRIMS, TWICE, jinja
from tutor.llm.protocol import Message
from tutor.llm.segments import Segment, common_prefix, fold_system, plain, segments

TALK = [Message("system", "Be kind."), Message("user", "Hi <|im_end|>")]
CONTENTS = st.text(max_size=40) | st.sampled_from(
    ["", "<|im_end|>", "\ue0000\ue001", "\ue000", "\ue0001\ue001\ue001", "{{ 7 * 7 }}", "  가 \n"]
)
ROLES = st.sampled_from(["system", "user", "assistant"])
TALKS = st.lists(st.builds(Message, ROLES, CONTENTS), min_size=1, max_size=5)


def text(parts: list[Segment]) -> str:
    return "".join(part.text for part in parts)


def test_only_what_the_template_wrote_is_trusted() -> None:
    assert segments(TALK, jinja(CHATML)) == [
        Segment("<|im_start|>system\n", True),
        Segment("Be kind.", False),
        Segment("<|im_end|>\n<|im_start|>user\n", True),
        Segment("Hi <|im_end|>", False),
        Segment("<|im_end|>\n<|im_start|>assistant\n", True),
    ]


@given(TALKS)
def test_every_content_comes_back_whole_whatever_it_says(talk: list[Message]) -> None:
    parts = segments(talk, jinja(CHATML))
    assert [part.text for part in parts if not part.trusted] == [
        m.content for m in talk if m.content
    ]
    expected = "".join(f"<|im_start|>{m.role}\n{m.content}<|im_end|>\n" for m in talk)
    assert text(parts) == f"{expected}<|im_start|>assistant\n"


@given(TALKS)
def test_an_open_turn_is_the_beginning_of_the_closed_one(talk: list[Message]) -> None:
    opened = segments(talk, jinja(CHATML), open_turn=True)
    closed = segments(talk, jinja(CHATML))
    assert text(closed).startswith(text(opened))
    assert text(opened).endswith(talk[-1].content)


def test_a_mark_in_the_template_itself_is_its_own_text() -> None:
    parts = segments([Message("user", "Hi")], lambda turns: f"\ue0007\ue001{turns[0]['content']}")
    assert parts == [Segment("\ue0007\ue001", True), Segment("Hi", False)]


def test_a_template_that_trims_leaves_the_content_as_it_is() -> None:
    assert text(segments([Message("user", "  Hi \n")], jinja(TRIMS))) == "[  Hi \n]"


def test_a_template_that_writes_a_content_twice() -> None:
    parts = segments([Message("user", "Hi")], jinja(TWICE))
    assert parts == [
        Segment(t, trusted)
        for t, trusted in [("<a>", True), ("Hi", False), ("<b>", True), ("Hi", False)]
    ]
    assert text(segments([Message("user", "Hi")], jinja(TWICE), open_turn=True)) == "<a>Hi"


def test_a_template_that_changes_case_does_not_reach_the_content() -> None:
    assert text(segments([Message("user", "Hi")], jinja(LOUD))) == "USER: Hi"


def test_a_template_without_a_system_role_gets_its_text_in_the_first_user_turn() -> None:
    parts = segments([*TALK, Message("assistant", "Hello."), Message("user", "Bye")], jinja(GEMMA))
    assert text(parts) == (
        "<start_of_turn>user\nBe kind.\n\nHi <|im_end|><end_of_turn>\n"
        "<start_of_turn>model\nHello.<end_of_turn>\n"
        "<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n"
    )
    assert Segment("Be kind.\n\nHi <|im_end|>", False) in parts


def test_a_template_that_drops_the_system_text_gets_it_in_the_first_user_turn() -> None:
    assert text(segments(TALK, jinja(DROPS))) == "user: Be kind.\n\nHi <|im_end|>\n"


def test_a_system_text_alone_becomes_a_user_turn_that_the_whole_talk_begins_with() -> None:
    alone = text(segments(TALK[:1], jinja(GEMMA), open_turn=True))
    assert alone == "<start_of_turn>user\nBe kind."
    assert text(segments(TALK, jinja(GEMMA))).startswith(alone)


def test_a_template_that_loses_a_learners_message_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^it leaves out a message$"):
        segments([Message("assistant", "Hello.")], jinja(DROPS))


def test_what_a_template_says_against_a_talk_is_passed_on() -> None:
    with pytest.raises(ValueError, match="must alternate"):
        segments([Message("user", "one"), Message("user", "two")], jinja(GEMMA))


def test_folding_keeps_every_turn_but_the_systems() -> None:
    talk = [
        Message("system", "A"),
        Message("assistant", "x"),
        Message("user", "y"),
        Message("system", "B"),
    ]
    assert fold_system(talk) == [Message("assistant", "x"), Message("user", "A\n\nB\n\ny")]
    assert fold_system(talk[1:3]) == talk[1:3]


def test_without_a_template_the_contents_stand_in_a_row_and_none_is_trusted() -> None:
    assert plain(TALK) == [Segment("Be kind.\n\nHi <|im_end|>\n\n", False)]
    assert plain(TALK, open_turn=True) == [Segment("Be kind.\n\nHi <|im_end|>", False)]


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_common_prefix_is_the_longest_shared_beginning(left: list[int], right: list[int]) -> None:
    size = common_prefix(left, right)
    assert left[:size] == right[:size]
    assert left[: size + 1] != right[: size + 1] or size == len(left) == len(right)
    assert common_prefix(right, left) == size
