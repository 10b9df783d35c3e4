"""A linear probe on the last hidden state of the untuned model: `python -m models.grading.tuning.probe --model NAME`.

Fitted on practice answers, as the adapter is; its log-odds join what was measured of the model as the signal `probe`, so
that the table shows what the same states are worth without an adapter. Needs the extra `tuning`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from msgspec.structs import replace

from models.grading.tuning.__main__ import ROOM
from models.grading.tuning.examples import gathered, shuffled
from models.grading.tuning.judge import Judge
from models.grading.tuning.trees import packs
from models.grading.tuning.vocabulary import Vocabulary
from tests.benchmarks.grading import collect, record
from tests.benchmarks.grading.cases import Case
from tests.benchmarks.grading.metrics import auc
from tests.benchmarks.grading.regression import fit
from tutor.content.schema import LANGUAGES
from tutor.grading import plain_prompt
from tutor.llm.catalog import load_catalog
from tutor.llm.installed import resolve
from tutor.paths import bundled, model_roots, places

RIDGES = (0.03, 0.3, 3.0)
SEED = 7

States = npt.NDArray[np.float64]


class Probe:
    """Weights for standardised states; the ridge is the one that ranks `watched` best."""

    def __init__(
        self, states: States, labels: Sequence[bool], watched: States, truth: Sequence[bool]
    ) -> None:
        self._mean, self._spread = states.mean(axis=0), states.std(axis=0) + 1e-6
        y, t = np.array(labels, float), np.array(truth, float)
        fitted = [fit(self._standard(states), y, ridge) for ridge in RIDGES]
        self.ranks = [auc(self._log_odds(weights, watched), t) for weights in fitted]
        self._weights = fitted[int(np.argmax(self.ranks))]

    def log_odds(self, states: States) -> States:
        return self._log_odds(self._weights, states)

    def _log_odds(self, weights: States, states: States) -> States:
        found: States = weights[0] + self._standard(states) @ weights[1:]
        return found

    def _standard(self, states: States) -> States:
        found: States = (states - self._mean) / self._spread
        return found


@torch.no_grad()
def states(judge: Judge, vocabulary: Vocabulary, cases: Sequence[Case]) -> States:
    """Cases x width, of prompts that fit a pack."""
    found = [judge.hidden(p).cpu().numpy() for p in packs(vocabulary.prompts(cases), ROOM)]
    return np.concatenate(found).astype(np.float64)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="a name of the catalogue or a path")
    parser.add_argument("--data", type=Path, help="the folder of public graded answers")
    parser.add_argument("--practice", type=Path, default=bundled("models") / "grading" / "practice")
    parser.add_argument("--share", type=float, default=0.25, help="of the practice answers")
    parser.add_argument("--rows", type=int, default=300, help="cases of each public set and split")
    parser.add_argument(
        "--sets", nargs="+", metavar="SET", help="only these of what was measured; all by default"
    )
    arguments = parser.parse_args()
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    gguf = resolve(arguments.model, model_roots(places(), os.environ), catalog)
    vocabulary = Vocabulary(gguf)
    yes, no = (vocabulary.one(text) for text in (plain_prompt.YES, plain_prompt.NO))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    # Without a step of training its adapter adds nothing; of the smallest rank on one layer it costs nothing either.
    judge = Judge(gguf, yes=yes, no=no, rank=1, device=device, room=ROOM, lowest_layer=-1)
    shares = {"practice": arguments.share, "cheat": 1.0}
    learnt = shuffled(gathered(None, arguments.practice, shares, LANGUAGES, SEED), SEED)
    measured = collect.cases(arguments.data, arguments.practice, arguments.rows)
    path = record.path_of(arguments.model)
    about, rows = record.read(path)
    known = {row.id for row in rows if not row.stopped}
    asked = [
        case
        for case in measured
        if case.id in known
        and vocabulary.length(case) <= ROOM
        and (arguments.sets is None or case.set in arguments.sets)
    ]
    asked.sort(key=lambda case: (case.group, case.language, case.answer))
    watched = [case for case in asked if case.set == "practice"]
    probe = Probe(
        states(judge, vocabulary, learnt), [case.label for case in learnt],
        states(judge, vocabulary, watched), [case.label for case in watched],
    )  # fmt: skip
    print(f"{len(learnt)} cases; AUC by ridge on unseen practice questions: {probe.ranks}")
    said = probe.log_odds(states(judge, vocabulary, asked))
    by_id = {case.id: round(float(value), 3) for case, value in zip(asked, said, strict=True)}
    record.write(
        path,
        about,
        [
            replace(row, signals={**row.signals, "probe": by_id[row.id]})
            if row.id in by_id
            else row
            for row in rows
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
