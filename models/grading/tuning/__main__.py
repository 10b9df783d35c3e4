"""Train the judge's LoRA adapter for a GGUF model and write it as GGUF: `python -m models.grading.tuning --model NAME`.

Needs the extra `tuning` (PyTorch, PEFT, transformers, gguf). Goes on from its checkpoint when it was interrupted; a GPU is
used where there is one. Learning rate and length follow the number of tokens seen, so the same arguments give the same
adapter but for rounding.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.grading.tuning.examples import gathered, shuffled
from models.grading.tuning.judge import Judge
from models.grading.tuning.training import Training, add_arguments, parsed, place_of, run
from models.grading.tuning.trees import Pack, packs
from models.grading.tuning.vocabulary import Vocabulary
from tests.benchmarks.grading import public, written
from tests.benchmarks.grading.cases import Case
from tests.benchmarks.grading.metrics import auc
from tutor.content.schema import LANGUAGES
from tutor.grading import plain_prompt

ROOM = 512  # tokens of a pack


class JudgeTraining(Training[Pack]):
    """Yes or No to every claim about every answer."""

    model: Judge

    def __init__(self, arguments: argparse.Namespace, gguf: Path) -> None:
        self.vocabulary = Vocabulary(gguf)
        yes, no = (self.vocabulary.one(text) for text in (plain_prompt.YES, plain_prompt.NO))
        torch.manual_seed(arguments.seed)
        judge = Judge(
            gguf,
            yes=yes,
            no=no,
            rank=arguments.rank,
            device="cuda" if torch.cuda.is_available() else "cpu",
            room=ROOM,
            lowest_layer=arguments.lowest_layer,
        )
        self.cases = gathered(
            arguments.data,
            arguments.practice,
            dict(arguments.share),
            arguments.language or LANGUAGES,
            arguments.seed,
        )
        super().__init__(arguments, judge)

    def batches(self) -> Iterator[Pack]:
        for epoch in range(1000):
            order = shuffled(self.cases, self.arguments.seed + epoch)
            yield from packs(self.vocabulary.prompts(order), ROOM)

    def loss(self, batch: Pack) -> Tensor:
        labels = torch.from_numpy(batch.labels).to(self.model.device)
        return torch.nn.functional.binary_cross_entropy_with_logits(
            self.model.margins(batch), labels
        )

    def size(self, batch: Pack) -> int:
        return len(batch.shape.tokens)

    def watched(self) -> dict[str, float]:
        found = {}
        among = watched(self.arguments.data, self.arguments.practice, self.arguments.watched)
        for name, cases in among.items():
            scores, labels = self.score(cases)
            found[name] = auc(np.array(scores), np.array(labels, float))
        return found

    @torch.no_grad()
    def score(self, cases: list[Case]) -> tuple[list[float], list[bool]]:
        """Margins and labels, of the prompts that fit a pack."""
        found: list[float] = []
        labels: list[bool] = []
        for pack in packs(self.vocabulary.prompts(cases), ROOM):
            found += self.model.margins(pack).tolist()
            labels += (pack.labels > 0.5).tolist()
        return found, labels


def watched(data: Path | None, practice: Path, most: int) -> dict[str, list[Case]]:
    """The first `most` cases that nothing is trained on, of each set and language, the same at every point of the curve."""
    found: dict[str, list[Case]] = defaultdict(list)
    sources = [written.practice(practice)]
    if data is not None:
        sources += [
            public.semeval(data, "sciEntsBank"),
            public.semeval(data, "beetle"),
            public.klue_nli(data),
        ]
    for source in sources:
        for case in source:
            unseen = " (unseen answers)" if case.split == "answers" else ""
            name = f"{case.set}-{case.language}{unseen}"
            if case.split in ("fit", "answers") and len(found[name]) < most:
                found[name].append(case)
    return {name: cases for name, cases in found.items() if cases}


def _share(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    return name, float(value)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser, tokens=1_000_000, rate=6e-4, rank=8)
    parser.add_argument(
        "--data", type=Path, help="the folder of public data; without it only practice answers"
    )
    parser.add_argument("--practice", type=Path, default=written.PRACTICE)
    parser.add_argument("--share", type=_share, action="append", default=[], metavar="CASES=SHARE")
    parser.add_argument(
        "--watched", type=int, default=60, help="cases of each set in a point of the curve"
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, action="append", help="only this one; both by default"
    )
    return parsed(parser, "judge")


def main() -> int:
    arguments = parse()
    training = JudgeTraining(arguments, place_of(arguments.model))
    about = {"tutor.prompt": plain_prompt.VERSION}
    run(training, "judge", {"cases": len(training.cases)}, about)
    return 0


if __name__ == "__main__":
    sys.exit(main())
