"""What a learner reads about a graded explanation; built from the verdict, so it can't say more than that."""

from __future__ import annotations

from collections.abc import Sequence, Set

from tutor.content.schema import Explain, Language, say
from tutor.grading.guards import Flag
from tutor.grading.signals import language_of
from tutor.grading.verdict import PointVerdict
from tutor.grading.wording import word


def explain_feedback(
    item: Explain,
    answer: str,
    points: Sequence[PointVerdict],
    misconceptions: Sequence[str],
    language: Language,
    flags: Set[Flag] = frozenset(),
) -> str:
    """How many points, which are missing, what to think of a misconception, all in the learner's language.

    `flags`: what a guard found odd about the answer; that is said too.
    """
    met = sum(point.verdict == "met" for point in points)
    unsure = sum(point.verdict == "unsure" for point in points)
    lines = [_summary(met, unsure, len(points), language)]
    if flags & {"turns", "orders"}:
        lines.append(word(language, "in_part"))
    if "list" in flags and unsure:
        lines.append(word(language, "list"))
    other = language_of(answer)
    if met and other and other != language:
        lines.append(word(language, "other_language"))
    lines += [say(m.reply, language) for m in item.misconceptions if m.id in misconceptions]
    texts = {point.id: say(point.text, language) for point in item.points}
    missing = [
        texts[point.id] for point in points if point.verdict == "unmet" and point.id in texts
    ]
    if missing and met + unsure:
        lines.append(word(language, "missing", points=" / ".join(missing)))
    return " ".join(lines)


def _summary(met: int, unsure: int, total: int, language: Language) -> str:
    if unsure:
        return word(language, "unsure", open=unsure, total=total)
    if met == total:
        return word(language, "full", total=total)
    return word(language, "points" if met else "nothing", met=met, total=total)
