"""A small valid course: every item kind, both languages."""

from __future__ import annotations

COURSE = """\
id: sample
title: {en: Sample, ko: 견본}
description: {en: A course for tests, ko: 시험용 과정}
languages: [en, ko]
lessons: [one, two]
licence: CC-BY-4.0
sources:
  - {id: paper, author: A. Author, year: 2017, title: A paper, where: "https://example.org"}
aliases: {old-choice: choice-item}
"""

GLOSSARY = """\
terms:
  - id: token
    term: {en: token, ko: 토큰}
    definition: {en: A piece of text, ko: 글의 한 조각}
    also: {en: [sub-word]}
"""

LESSON = """\
id: one
title: {en: One, ko: 하나}
sections:
  - id: basics
    heading: {en: Basics, ko: 기초}
    body:
      en: |
        Some **Markdown**: with a colon.
      ko: |
        약간의 **마크다운**.
items:
  - id: choice-item
    kind: choice
    section: basics
    prompt: {en: Which one, ko: 어느 것}
    hints: [{en: Think, ko: 생각}]
    concepts: [tokens]
    note: {en: A note, ko: 쪽지}
    options:
      - {id: a, text: {en: Right, ko: 맞음}, correct: true}
      - {id: b, text: {en: Wrong, ko: 틀림}, reply: {en: Look again, ko: 다시 보기}}
  - id: true-item
    kind: true_false
    section: basics
    prompt: {en: It is so, ko: 그렇다}
    hints: [{en: Think, ko: 생각}]
    answer: false
    reply: {en: It is not, ko: 아니다}
  - id: cloze-item
    kind: cloze
    section: basics
    prompt: {en: Fill in, ko: 채우기}
    hints: [{en: Think, ko: 생각}]
    text: {en: "A {first} and a {second}", ko: "{second} 그리고 {first}"}
    gaps:
      en: {first: [one, "1"], second: [two]}
      ko: {first: [하나], second: [둘]}
  - id: short-item
    kind: short
    section: basics
    prompt: {en: Name it, ko: 이름}
    hints: [{en: Think, ko: 생각}]
    accepted: {en: [token], ko: [토큰]}
  - id: numeric-item
    kind: numeric
    section: basics
    prompt: {en: How many, ko: 몇 개}
    hints: [{en: Think, ko: 생각}]
    value: 12
    tolerance: 0.5
    unit: {en: layers, ko: 층}
  - id: order-item
    kind: order
    section: basics
    prompt: {en: Sort, ko: 순서}
    hints: [{en: Think, ko: 생각}]
    steps: [{en: First, ko: 첫째}, {en: Second, ko: 둘째}]
  - id: match-item
    kind: match
    section: basics
    prompt: {en: Match, ko: 짝}
    hints: [{en: Think, ko: 생각}]
    pairs:
      - {left: {en: L1, ko: 왼1}, right: {en: R1, ko: 오1}}
      - {left: {en: L2, ko: 왼2}, right: {en: R2, ko: 오2}}
  - id: explain-item
    kind: explain
    section: basics
    prompt: {en: Explain, ko: 설명}
    hints: [{en: Think, ko: 생각}]
    reference: {en: Because, ko: 왜냐하면}
    points:
      - {id: cause, weight: 2, section: basics, concept: tokens, text: {en: The cause, ko: 원인}}
    misconceptions:
      - {id: magic, text: {en: It is magic, ko: 마법이다}, reply: {en: It is not, ko: 아니다}}
"""

SECOND = """\
id: two
title: {en: Two, ko: 둘}
sections: [{id: more, heading: {en: More, ko: 더}, body: {en: Body, ko: 본문}}]
items:
  - {id: last-item, kind: true_false, section: more, prompt: {en: So be it, ko: 그렇다}, hints: [{en: H, ko: 힌}], answer: true}
"""
