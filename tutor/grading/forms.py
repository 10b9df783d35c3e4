"""The ways a judge can be asked whether an answer says something: one interface, one version each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tutor.grading import plain_prompt, prompts
from tutor.llm.protocol import Prompt


class Form(Protocol):
    """`choices`: what comes next when the claim is stated, and when it is not."""

    @property
    def version(self) -> str: ...

    @property
    def choices(self) -> Sequence[str]: ...

    def prompt(self, question: str, answer: str, claim: str, *, whole: bool = False) -> Prompt:
        """The whole prompt. `whole`: `claim` is a reference answer, and asked is whether the answer is correct."""
        ...

    def opening(self, question: str, answer: str = "") -> Prompt:
        """What is known before the answer is finished: to be prefilled with `open_turn`."""
        ...


class FewShot:
    """Judged examples in a talk, then the case: for a model as it comes."""

    version = prompts.VERSION
    choices = (prompts.YES, prompts.NO)

    def prompt(self, question: str, answer: str, claim: str, *, whole: bool = False) -> Prompt:
        return prompts.messages(question, answer, claim)

    def opening(self, question: str, answer: str = "") -> Prompt:
        return prompts.opening(question, answer)


class Plain:
    """The bare case as text: for a model with an adapter that was trained on it."""

    version = plain_prompt.VERSION
    choices = (plain_prompt.YES, plain_prompt.NO)

    def prompt(self, question: str, answer: str, claim: str, *, whole: bool = False) -> Prompt:
        return plain_prompt.prompt(question, answer, claim, whole=whole)

    def opening(self, question: str, answer: str = "") -> Prompt:
        return plain_prompt.opening(question, answer)


FORMS: dict[str, Form] = {form.version: form for form in (FewShot(), Plain())}
"""Version of a prompt to the form that writes it."""
