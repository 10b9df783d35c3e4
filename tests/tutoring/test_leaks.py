"""What gives an answer away: hints written by hand over real items, and whatever must be a leak however it is put."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tutoring.course import explain, explains
from tutor.content.schema import LANGUAGES, Explain, Language, Lesson, say
from tutor.grading.signals import sentences
from tutor.tutoring.leaks import Leak, common_words, find_leak

FINE = [
    ("next-token-loop", "en", "What happens to the output of one step before the next step begins?"),
    ("next-token-loop", "en", "Does the model come up with a single word, or with something richer?"),
    ("parameter-vs-hyperparameter", "en", "Who, or what, came up with each of the two values?"),
    ("parameter-vs-hyperparameter", "en", "Think of a setting that you type into a script yourself."),
    ("why-one-model", "en", "Which thing do translators and people who summarise both need to know?"),
    ("who-pre-trains", "en", "Picture the bill for a year of computing. Who could pay it?"),
    ("one-model-many-prompts", "en", "Ask yourself what you typed differently in the afternoon."),
    ("zero-shot-vs-few-shot", "en", "Is anything inside the model different after it has read your text?"),
    ("base-model-more-exercises", "en", "Where does such a line usually stand on the web, and what is below it?"),
    ("chat-template-purpose", "en", "Suppose all of a chat stood in one long line. What would be lost?"),
    ("chatbot-recalls-first-message", "en", "Who does the remembering here, and how would you check that?"),
    ("lora-memory-gap", "en", "Which of the three things on the GPU is still used at every step?"),
    ("next-token-loop", "ko", "한 단계의 결과가 그다음 단계에서 어떻게 쓰일까요?"),
    ("next-token-loop", "ko", "모델이 내놓는 것이 단어 하나뿐인지 다시 생각해 보세요."),
    ("parameter-vs-hyperparameter", "ko", "두 값은 각각 누가, 언제 정할까요?"),
    ("parameter-vs-hyperparameter", "ko", "실험을 준비하면서 직접 적어 넣는 설정을 떠올려 보세요."),
    ("why-one-model", "ko", "번역가와 요약하는 사람이 똑같이 알아야 하는 것은 무엇일까요?"),
    ("who-pre-trains", "ko", "컴퓨터 수천 대를 몇 달 동안 빌린다면 누가 그 돈을 낼까요?"),
    ("one-model-many-prompts", "ko", "오후에 여러분이 다르게 입력한 것은 무엇이었나요?"),
    ("zero-shot-vs-few-shot", "ko", "글을 읽기만 한 모델의 속은 달라졌을까요?"),
    ("base-model-more-exercises", "ko", "이런 문장은 보통 어디에 실려 있고, 그 아래에는 무엇이 이어지나요?"),
    ("chat-template-purpose", "ko", "긴 글 하나에서 누구 차례인지 어떻게 알아볼까요?"),
    ("chatbot-recalls-first-message", "ko", "기억하는 쪽이 누구인지, 어떻게 확인할 수 있을지 생각해 보세요."),
    ("lora-memory-gap", "ko", "GPU에 있는 세 가지 가운데 매 순간 쓰이는 것은 무엇일까요?"),
]  # fmt: skip

LEAKING = [
    ("next-token-loop", "en", "Each possible next token gets a probability, doesn't it?"),
    ("next-token-loop", "en", "Think about probabilities."),
    ("next-token-loop", "en", "A token is picked and then added to the end."),
    ("parameter-vs-hyperparameter", "en", "The values of hyperparameters are chosen by people."),
    ("parameter-vs-hyperparameter", "en", "An example would be the learning rate."),
    ("why-one-model", "en", "Remember that all of them have human language in common."),
    ("who-pre-trains", "en", "It costs more than most can afford."),
    ("one-model-many-prompts", "en", "Could the prompt be what tells it?"),
    ("zero-shot-vs-few-shot", "en", "Note that the weights stay as they are, because examples are only input."),
    ("base-model-more-exercises", "en", "Such a line is often followed by similar lines in the training text."),
    ("chat-template-purpose", "en", "It makes one sequence out of a list of messages."),
    ("chatbot-recalls-first-message", "en", "What no longer fits the context window is lost."),
    ("lora-memory-gap", "en", "Gradients and the optimiser state are what is saved."),
    ("next-token-loop", "ko", "다음에 올 수 있는 토큰마다 확률을 매긴다는 점을 떠올려 보세요."),
    ("next-token-loop", "ko", "확률을 생각해 보세요."),
    ("next-token-loop", "ko", "고른 토큰을 글 끝에 붙이면 어떻게 될까요?"),
    ("parameter-vs-hyperparameter", "ko", "하이퍼파라미터의 값은 사람이 정하지 않나요?"),
    ("parameter-vs-hyperparameter", "ko", "배치 크기가 좋은 예예요."),
    ("why-one-model", "ko", "과제가 달라도 인간 언어를 공통으로 쓰지요."),
    ("who-pre-trains", "ko", "대부분의 조직이 감당하기 어려운 비용이 들어요."),
    ("one-model-many-prompts", "ko", "프롬프트가 알려 주지 않을까요?"),
    ("zero-shot-vs-few-shot", "ko", "예시는 입력일 뿐이라는 점이 중요해요."),
    ("base-model-more-exercises", "ko", "학습 텍스트에서 이런 줄 뒤에 비슷한 줄이 자주 나와요."),
    ("chat-template-purpose", "ko", "메시지 목록을 하나의 토큰 시퀀스로 바꿔요."),
    ("chatbot-recalls-first-message", "ko", "컨텍스트 창에 들어가지 못하면 어떻게 될까요?"),
    ("lora-memory-gap", "ko", "기울기와 옵티마이저 상태를 아낀다는 점을 보세요."),
]  # fmt: skip


def leak_in(hint: str, lesson: Lesson, item: Explain, language: Language) -> Leak | None:
    """As a generated hint is checked: every point is missing, the author's hints are known."""
    return find_leak(
        hint,
        say(item.reference, language),
        [say(point.text, language) for point in item.points],
        say(item.prompt, language),
        [say(hint, language) for hint in item.hints],
        common_words(lesson, language),
    )


@pytest.mark.parametrize(("item", "language", "hint"), FINE)
def test_a_hint_that_leads_there(item: str, language: Language, hint: str) -> None:
    assert leak_in(hint, *explain(item), language) is None


@pytest.mark.parametrize(("item", "language", "hint"), LEAKING)
def test_a_hint_that_gives_it_away(item: str, language: Language, hint: str) -> None:
    assert leak_in(hint, *explain(item), language) is not None


places = st.sampled_from(
    [(lesson, item, language) for lesson, item in explains() for language in LANGUAGES]
)


@settings(max_examples=50)
@given(places, st.data())
def test_the_reference_and_each_of_its_sentences_leak(
    place: tuple[Lesson, Explain, Language], data: st.DataObject
) -> None:
    lesson, item, language = place
    reference = say(item.reference, language)
    start, end = data.draw(st.sampled_from([(0, len(reference)), *sentences(reference)]))
    assert leak_in(reference[start:end], lesson, item, language)


@settings(max_examples=50)
@given(places, st.data())
def test_a_point_leaks_in_any_order_of_its_words(
    place: tuple[Lesson, Explain, Language], data: st.DataObject
) -> None:
    lesson, item, language = place
    point = data.draw(st.sampled_from(item.points))
    words = data.draw(st.permutations(say(point.text, language).rstrip(".").split()))
    assert leak_in(" ".join(words), lesson, item, language)


@settings(max_examples=50)
@given(places, st.sampled_from(["", "Look again: ", "잘 생각해 보세요. "]))
def test_words_before_a_point_hide_nothing(
    place: tuple[Lesson, Explain, Language], before: str
) -> None:
    lesson, item, language = place
    assert leak_in(before + say(item.points[-1].text, language), lesson, item, language)


@settings(max_examples=50)
@given(places)
def test_the_question_gives_nothing_away(place: tuple[Lesson, Explain, Language]) -> None:
    _, item, language = place
    question = say(item.prompt, language)
    point = "xylophone" if language == "en" else "실로폰 연주"
    assert find_leak(question, point, [point], question) is None


def test_what_authors_write_is_let_through() -> None:
    leaks = Counter(
        (number, leak_in(say(hint, language), lesson, item, language) is not None)
        for lesson, item in explains()
        for language in LANGUAGES
        for number, hint in enumerate(item.hints)
    )
    first, second, last = (leaks[number, True] for number in range(3))
    # The last one is "nearly the answer": it may quote.
    assert (first, second) == (0, 1)
    assert last <= 5


def test_what_the_learner_knows_may_be_named_but_not_strung_together() -> None:
    point = "Prompt design is tried first."
    known = ["first comes whatever is cheapest"]
    assert find_leak("What is first?", "", [point], "In which order?") == Leak("named", ("first",))
    assert find_leak("What is first?", "", [point], "In which order?", known) is None
    assert find_leak("First is prompt design.", "", [point], "In which order?", known) is not None


@pytest.mark.parametrize("said", ["prediction", "predicted", "predicting", "next-token", "Tokens"])
def test_another_form_of_a_word_names_it_too(said: str) -> None:
    assert find_leak(f"About {said}?", "", ["It predicts the next token."], "What is it?")
