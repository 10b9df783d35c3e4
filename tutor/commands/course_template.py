"""A small course in both languages to begin from: it passes the strict check as it is."""

from __future__ import annotations

from typing import Final

_COURSE = """\
# What the fields mean and which others there are: `tutor check --schema`.
# After every change: `tutor check COURSE-ID`.
id: COURSE-ID
title: {en: My course, ko: 나의 코스}
description:
  en: One sentence that says what a learner will be able to explain afterwards.
  ko: 이 코스를 마치면 무엇을 설명할 수 있게 되는지 한 문장으로 적습니다.
languages: [en, ko]
lessons: [first-lesson]
licence: CC BY 4.0
"""

_GLOSSARY = """\
terms:
  - id: token
    term: {en: token, ko: 토큰}
    definition:
      en: A piece of text that a model reads and writes as one unit.
      ko: 모델이 한 단위로 읽고 쓰는 텍스트 조각.
"""

_LESSON = """\
id: first-lesson
title: {en: First lesson, ko: 첫 레슨}
sections:
  - id: tokens
    heading: {en: Tokens, ko: 토큰}
    body:
      en: |
        A language model does not read letters. It reads **tokens**: words or pieces of words,
        each with a number of its own.
      ko: |
        언어 모델은 글자를 읽지 않습니다. 단어나 단어의 조각인 **토큰**을 읽으며, 토큰마다 고유한
        번호가 있습니다.
items:
  # An id is kept for good: a learner's history hangs on it. The texts may change freely.
  - id: what-is-a-token
    kind: explain
    section: tokens
    prompt:
      en: What is a token? Explain it in your own words.
      ko: 토큰이 무엇인지 자신의 말로 설명해 보세요.
    reference:
      en: A token is a word or a piece of a word that the model reads as one unit; each has a number.
      ko: 토큰은 모델이 한 단위로 읽는 단어나 단어 조각이며, 토큰마다 번호가 있습니다.
    points:
      - id: piece-of-text
        section: tokens
        text: {en: A token is a word or a piece of a word, ko: 토큰은 단어나 단어의 조각이다}
      - id: has-a-number
        section: tokens
        text: {en: Each token has a number of its own, ko: 토큰마다 고유한 번호가 있다}
    misconceptions:
      - id: is-a-letter
        text: {en: A token is a single letter, ko: 토큰은 글자 하나이다}
        reply:
          en: A token can be one letter, but most are longer pieces or whole words.
          ko: 글자 하나가 토큰일 때도 있지만, 대부분은 더 긴 조각이나 단어입니다.
    hints:
      - {en: What does a model read instead of letters?, ko: 모델은 글자 대신 무엇을 읽나요?}

  - id: model-reads-letters
    kind: true_false
    section: tokens
    prompt: {en: A language model reads text letter by letter., ko: 언어 모델은 글자를 하나씩 읽는다.}
    answer: false
    reply: {en: It reads tokens., ko: 토큰을 읽습니다.}
    hints:
      - {en: Look at the first sentence again., ko: 첫 문장을 다시 보세요.}

  - id: unit-of-reading
    kind: choice
    section: tokens
    prompt: {en: What does a model read as one unit?, ko: 모델은 무엇을 한 단위로 읽나요?}
    options:
      - {id: token, correct: true, text: {en: A token, ko: 토큰}}
      - id: sentence
        text: {en: A sentence, ko: 문장}
        reply: {en: A sentence is many tokens., ko: 문장은 여러 토큰으로 이루어집니다.}
    hints:
      - {en: It has a number of its own., ko: 고유한 번호가 있는 것입니다.}
"""

FILES: Final[dict[str, str]] = {
    "course.yaml": _COURSE,
    "glossary.yaml": _GLOSSARY,
    "first-lesson.yaml": _LESSON,
}
"""File name to text; COURSE-ID stands for the name of the course."""
