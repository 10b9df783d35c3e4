"""What the learner said of the model's verdicts, as their own thresholds are fitted on it; and taking that back."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from msgspec import Struct

from tutor.grading.calibration import Curve
from tutor.grading.own_thresholds import ENOUGH, Decision, Own, corrections, measured, refit
from tutor.grading.verdict import Verdict, Versions
from tutor.study.errors import StoreError
from tutor.study.payloads import ThresholdsReset, VerdictGiven, decoded
from tutor.study.store import Store


class Following(Struct, frozen=True):
    """The learner's own `curve`, and the number of corrections that it follows."""

    curve: Curve
    corrections: int

    @property
    def begins(self) -> bool:
        """Whether the last correction was the one that was still missing."""
        return self.corrections == ENOUGH


class _Said(Struct, frozen=True):
    """What is needed of the payload of an overrule event."""

    answer: str
    point: str
    met: bool


class _Word(NamedTuple):
    """The learner's last word on a point; `id` is its event's."""

    id: str
    met: bool


class _Overruled:
    """One answer as the learner left it; `first` is the id of its first overrule event."""

    def __init__(self, item: str, first: str) -> None:
        self.item, self.first = item, first
        self.words: dict[str, _Word] = {}


def enough(store: Store) -> bool:
    """Whether there may be own thresholds at all: quick, and right for any model when it says no."""
    rows = store.query(
        "SELECT count(*) FROM (SELECT 1 FROM events WHERE kind = 'overrule' LIMIT ?)", ENOUGH
    )
    return bool(rows[0][0] >= ENOUGH)


def following(store: Store, versions: Versions, curve: Curve) -> Following | None:
    """The learner's own thresholds for points graded with `versions`; None while there are none. Raises StoreError."""
    if not enough(store):
        return None
    found = decisions(store, versions)
    own = refit(curve, found)
    return None if own is None else Following(own, corrections(found))


def learner(store: Store) -> Own:
    """For a grader: the learner's own curve, read anew each time and in a thread; None when the record can't be read."""

    async def own(versions: Versions, curve: Curve) -> Curve | None:
        try:
            found = await asyncio.to_thread(following, store, versions, curve)
        except StoreError:
            return None
        return found.curve if found else None

    return own


def decisions(store: Store, versions: Versions) -> list[Decision]:
    """Every point of the answers that the learner overruled something of, since the last reset. Raises StoreError.

    Only of verdicts that were graded with `versions`, whether by own thresholds or not: those leave the probabilities
    as they are.
    """
    key = measured(versions)
    after = _last_reset(store, key)
    found: list[Decision] = []
    for answer, overruled in _overruled(store).get(key, {}).items():
        if any(word.id > after for word in overruled.words.values()):
            found += _decisions_of(_original(store, answer, overruled), overruled, after)
    return found


def reset(store: Store, model: str | None) -> int:
    """Go back to the measured thresholds of a model, as a verdict's versions name it; how many decisions no longer count.

    Raises StoreError.
    """
    count = 0
    for key, answers in _overruled(store).items():
        after = _last_reset(store, key)
        live = sum(word.id > after for answer in answers.values() for word in answer.words.values())
        if live and key.model == model:
            store.append("thresholds_reset", ThresholdsReset(measured=key))
            count += live
    return count


def _overruled(store: Store) -> dict[Versions, dict[str, _Overruled]]:
    """By what graded them, then by the id of the answer. Reads as many events as there are overrules, not answers."""
    found: dict[Versions, dict[str, _Overruled]] = {}
    rows = store.query(
        "SELECT id, item, payload, versions FROM events WHERE kind = 'overrule' ORDER BY id"
    )
    for id, item, payload, by in rows:
        said, versions = decoded(payload, _Said), decoded(by, Versions)
        if said is not None and versions is not None and item is not None:
            answers = found.setdefault(measured(versions), {})
            answer = answers.setdefault(said.answer, _Overruled(item, id))
            answer.words[said.point] = _Word(id, said.met)
    return found


def _last_reset(store: Store, key: Versions) -> str:
    """The id of the event; "" where there was none."""
    rows = store.query(
        "SELECT id, payload FROM events WHERE kind = 'thresholds_reset' ORDER BY id DESC"
    )
    resets = ((id, decoded(payload, ThresholdsReset)) for id, payload in rows)
    return next((str(id) for id, given in resets if given and measured(given.measured) == key), "")


def _original(store: Store, answer: str, overruled: _Overruled) -> Verdict | None:
    """What the model had said before the learner overruled it."""
    # `+kind` keeps SQLite to the index by item: few events of one item lie between an answer and its overrule.
    rows = store.query(
        """
        SELECT payload FROM events
        WHERE item = ? AND id > ? AND id < ? AND +kind = 'verdict' ORDER BY id DESC
        """,
        overruled.item,
        answer,
        overruled.first,
    )
    given = (decoded(payload, VerdictGiven) for (payload,) in rows)
    return next((each.verdict for each in given if each and each.answer == answer), None)


def _decisions_of(verdict: Verdict | None, overruled: _Overruled, after: str) -> list[Decision]:
    """What the learner said of a verdict's points, and what they left as the model had decided it."""
    found: list[Decision] = []
    for point in verdict.points if verdict else []:
        if point.by != "model" or point.probability is None:
            continue
        word = overruled.words.get(point.id)
        if word is None and point.verdict != "unsure":
            met, corrected = point.verdict == "met", False
        elif word is not None and word.id > after:
            met, corrected = word.met, point.verdict != ("met" if word.met else "unmet")
        else:
            continue  # still open, or said before the reset
        found.append(Decision(probability=point.probability, met=met, overruled=corrected))
    return found
