"""What a learner reads about a graded explanation; built from the verdict, so it can't say more than that."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final

from msgspec import UNSET, Struct

from tutor.content.schema import Explain, Language, Section, say
from tutor.grading.guards import Flag, guarded
from tutor.grading.signals import language_of
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.grading.wording import word
from tutor.llm.one_line import one_line

LONGEST_QUOTE: Final = 60
"""Characters of the learner's own words, for one point."""
QUOTES: Final = 2
"""Points whose words are quoted; more would be a repetition of the answer."""
_QUOTATION_MARKS: Final = dict.fromkeys(map(ord, "“”‘’"))


class Feedback(Struct, frozen=True):
    """The sentences in their order, and what in them is to stay word for word, however the rest is put.

    `said`: the learner's words; `missing`: points; `replies`: to misconceptions; `titles`: of passages. `brief`: what is
    left to say where each point is shown with its words or its passage: what is odd, and the next step.
    """

    sentences: tuple[str, ...]
    said: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def feedback_on(
    item: Explain,
    answer: str,
    verdict: Verdict,
    language: Language,
    sections: Sequence[Section] = (),
    *,
    beside_result: bool = False,
) -> Feedback:
    """The feedback on a verdict as it stands now, whoever decided its points, in `language`.

    What is met, in the learner's words; what is missing, with the passage among `sections` that teaches it; one next
    step. `beside_result`: the count of points and the reply to a misconception are on the screen already.
    """
    return explain_feedback(
        item,
        answer,
        verdict.points,
        verdict.misconceptions,
        language,
        guarded(answer).flags,
        sections,
        beside_result=beside_result,
    )


def explain_feedback(
    item: Explain,
    answer: str,
    points: Sequence[PointVerdict],
    misconceptions: Sequence[str],
    language: Language,
    flags: Set[Flag] = frozenset(),
    sections: Sequence[Section] = (),
    *,
    beside_result: bool = False,
) -> Feedback:
    """See `feedback_on`. `flags`: what a guard found odd about the answer; that is said too."""
    missed = _missed(item, points, language, sections)
    believed = [m for m in item.misconceptions if m.id in misconceptions]
    replies = [_plain(say(m.reply, language)) for m in believed]
    own = _quotes(answer, points)
    remarks = _remarks(answer, points, language, flags)
    said = [_met(own, points, language, beside_result=beside_result), *remarks]
    unsure = sum(point.verdict == "unsure" for point in points)
    step = _next(points, missed, replies, language, beside_result=beside_result)
    if unsure and (missed or replies):
        said.append(word(language, "unsure", open=unsure))
    if missed:
        said.append(_missing(missed, language, told=step if not replies else ""))
    said.append(step)
    text = " ".join(said)
    return Feedback(
        tuple(each for each in said if each),
        said=tuple(own),
        missing=tuple(each for each, _ in missed),
        replies=() if beside_result else tuple(replies),
        titles=tuple(
            dict.fromkeys(
                each for _, each in missed if each and word(language, "title", text=each) in text
            )
        ),
        brief=(*remarks, step),
    )


def words_line(point: PointVerdict, language: Language) -> str:
    """Which key words of a point are in the answer and which are not; "" where that was not looked at."""
    if point.words is UNSET:
        return ""
    lines = [
        word(language, key, words=", ".join(words))
        for key, words in (
            ("words_found", point.words.found),
            ("words_missing", point.words.missing),
        )
        if words
    ]
    return " ".join(lines)


def _quotes(answer: str, points: Sequence[PointVerdict]) -> list[str]:
    """The learner's words that made points met, as many as are quoted."""
    spans = [p.evidence for p in points if p.verdict == "met" and p.evidence is not None]
    return list(dict.fromkeys(text for span in spans if (text := _own(answer, span))))[:QUOTES]


def _met(
    own: Sequence[str], points: Sequence[PointVerdict], language: Language, *, beside_result: bool
) -> str:
    """How many points are there, and which of the learner's words made it so."""
    met = [point for point in points if point.verdict == "met"]
    if not met:
        decided = not any(point.verdict == "unsure" for point in points)
        told = beside_result or not decided
        return "" if told else word(language, "nothing", total=len(points))
    quotes = word(language, "quote_join").join(word(language, "quote", text=each) for each in own)
    if beside_result:
        return word(language, "said", quotes=quotes) if own else ""
    key = "full" if len(met) == len(points) else "points"
    return word(
        language, f"{key}_quoted" if own else key, met=len(met), total=len(points), quotes=quotes
    )


def _own(answer: str, span: tuple[int, int]) -> str:
    """The learner's words on one line, without signs that are not printed or that would end the quotation."""
    words = one_line(answer[slice(*span)]).translate(_QUOTATION_MARKS)
    if len(words) > LONGEST_QUOTE:
        cut = words[: LONGEST_QUOTE - 1]
        # At a word's end, unless that would take half of it away.
        at = cut.rfind(" ")
        return (cut[:at] if at > LONGEST_QUOTE // 2 else cut).rstrip(" ,;:") + "…"
    return words.rstrip(".。 ")


def _remarks(
    answer: str, points: Sequence[PointVerdict], language: Language, flags: Set[Flag]
) -> list[str]:
    """What is odd about the answer, or about who graded it."""
    unsure = any(point.verdict == "unsure" for point in points)
    said = []
    if flags & {"turns", "orders"}:
        said.append(word(language, "in_part"))
    if "list" in flags and unsure:
        said.append(word(language, "list"))
    other = language_of(answer)
    if other and other != language and any(point.verdict == "met" for point in points):
        said.append(word(language, "other_language"))
    return said


def _missed(
    item: Explain, points: Sequence[PointVerdict], language: Language, sections: Sequence[Section]
) -> list[tuple[str, str]]:
    """Each point that is not met, and the heading of the passage that teaches it, "" where that is not known."""
    headings = {each.id: say(each.heading, language) for each in sections}
    by_id = {point.id: point for point in item.points}
    found = []
    for verdict in points:
        point = by_id.get(verdict.id)
        if point is not None and verdict.verdict == "unmet":
            heading = headings.get(point.section or item.section, "")
            found.append((_plain(say(point.text, language)).rstrip(".。 "), _plain(heading)))
    return found


def _plain(text: str) -> str:
    """Course text on one line, without the marks of bold and code."""
    return " ".join(text.replace("**", "").replace("`", "").split())


def _missing(missed: Sequence[tuple[str, str]], language: Language, told: str) -> str:
    """What is missing, each run of points with its passage; a passage that `told` names already is not named again."""
    parts: list[str] = []
    for at, (text, heading) in enumerate(missed):
        last = at + 1 == len(missed) or missed[at + 1][1] != heading
        known = (
            len({each for _, each in missed}) == 1 and word(language, "title", text=heading) in told
        )
        where = (
            f" ({word(language, 'title', text=heading)})" if heading and last and not known else ""
        )
        parts.append(text + where)
    return word(language, "missing", points="; ".join(parts))


def _next(
    points: Sequence[PointVerdict],
    missed: Sequence[tuple[str, str]],
    replies: Sequence[str],
    language: Language,
    *,
    beside_result: bool,
) -> str:
    """One step: a misconception first, then what is missing, then what is open."""
    unsure = sum(point.verdict == "unsure" for point in points)
    if any(point.verdict == "unsure" and point.words is not UNSET for point in points):
        return word(language, "cant_grade")
    if replies:
        if beside_result:
            return word(language, "next_misconception_below")
        return word(language, "next_misconception", reply=" ".join(replies))
    if missed:
        heading = next((heading for _, heading in missed if heading), "")
        key = "next_read" if heading else "next_add"
        return word(language, key, section=word(language, "title", text=heading))
    if unsure:
        return word(language, "next_compare", open=unsure)
    return word(language, "next_on")
