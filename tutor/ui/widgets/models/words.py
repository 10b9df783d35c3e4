"""What is said of a model, on one line of the list and in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from tutor.content.schema import LANGUAGES, Language, say
from tutor.grading.calibration import Calibration
from tutor.ui.cells import fit
from tutor.ui.downloads import size
from tutor.ui.grading_words import grading_text
from tutor.ui.memory_words import memory_text
from tutor.ui.model_choices import ModelChoice
from tutor.ui.model_state import Trial
from tutor.ui.remote_words import server_text
from tutor.ui.strings import Strings

SIGNS = {"in_use": "●", "installed": "✓", "offered": "+", "available": " "}
STYLES = {
    "in_use": "$text-success",
    "installed": "$text-success",
    "offered": "$text-accent",
    "available": "",
}
SIZE_WIDTH, LANGUAGE_WIDTH, STANDING_WIDTH = 7, 14, 18
TITLE_WIDTH = 40


class About(NamedTuple):
    """What of this machine there is to say: bytes of free memory, bytes that prefixes set aside may take, models tried.

    `following`: the learner's corrections that the thresholds of the model in use follow.
    """

    free: int = 0
    kept_limit: int = 0
    tried: Sequence[Calibration] = ()
    trial: Trial = Trial()
    following: int = 0


def choice_line(choice: ModelChoice, width: int, strings: Strings) -> Content:
    """Sign, title, size, languages and standing, in `width` cells."""
    room = width - SIZE_WIDTH - LANGUAGE_WIDTH - 8
    title_width = max(12, min(TITLE_WIDTH, room - STANDING_WIDTH))
    standing, style = _standing(choice, strings)
    return Content.assemble(
        (f"{SIGNS[choice.where]} ", STYLES[choice.where]),
        (fit(choice.title, title_width), "bold" if choice.recommended else ""),
        "  ",
        ("" if choice.address else size(choice.bytes)).rjust(SIZE_WIDTH),
        "  ",
        fit(languages_text(choice, strings), LANGUAGE_WIDTH),
        "  ",
        (fit(standing, room - title_width), style),
    )


def languages_text(choice: ModelChoice, strings: Strings) -> str:
    """The languages it knows, in their own names."""
    known = [language for language in LANGUAGES if choice.knows(language)]
    return " ".join(strings(f"models.language.{language}") for language in known)


def _standing(choice: ModelChoice, strings: Strings) -> tuple[str, str]:
    if choice.problem:
        return strings("models.unusable"), "$text-error"
    if not choice.fits:
        return strings("models.too_large", memory=size(choice.memory)), "$text-warning"
    if choice.where == "offered":
        return strings("models.offered", origin=choice.origin), "$text-accent"
    if choice.where == "available":
        key = "models.recommended" if choice.recommended else "models.fits"
        return strings(key), "bold $text-success" if choice.recommended else "$foreground-muted"
    return strings(f"models.where.{choice.where}"), "$text-success"


def choice_about(
    choice: ModelChoice, about: About, language: Language, strings: Strings
) -> Content:
    """All there is to know before choosing: what it is good at, what it needs, and what to beware of.

    Of the model in use also what its memory is for, and how far it is when it is on trial.
    """
    in_use = choice.where == "in_use"
    followed = strings("models.following", count=about.following) if about.following else ""
    if choice.address:
        told = [server_text(choice.address, strings), followed if in_use else ""]
        return Content("\n".join(filter(None, told)))
    known = choice.catalogued
    lines: list[Content] = []
    if known:
        lines.append(Content(say(known.notes, language)))
    elif choice.path:
        lines.append(Content(str(choice.path)))
    if in_use and about.trial.total:
        trial = about.trial
        lines.append(Content(strings("models.trying", done=trial.done, total=trial.total)))
    elif grading := grading_text(choice, strings, about.tried):
        lines.append(Content(grading))
    if in_use and followed:
        lines.append(Content(followed))
    needs = strings("models.needs", memory=size(choice.memory), free=size(about.free))
    licence = strings("models.licence", licence=known.licence) if known else ""
    lines.append(
        Content.styled(" · ".join(part for part in (licence, needs) if part), "$foreground-muted")
    )
    if in_use and choice.parts:
        text = memory_text(choice.parts, about.kept_limit, strings)
        lines.append(Content.styled(text, "$foreground-muted"))
    lines += [
        Content.styled(f"! {warning}", "$text-warning") for warning in _warnings(choice, strings)
    ]
    return Content("\n").join(lines)


def _warnings(choice: ModelChoice, strings: Strings) -> list[str]:
    if choice.problem:
        return [choice.problem]
    found = [strings(f"models.knows_no.{it}") for it in LANGUAGES if choice.knows(it) is False]
    if choice.catalogued and not choice.catalogued.instruct:
        found.append(strings("models.base"))
    elif choice.catalogued and not choice.catalogued.measured:
        found.append(strings("models.unmeasured"))
    return found
