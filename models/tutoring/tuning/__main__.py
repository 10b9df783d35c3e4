"""Train the tutor's LoRA adapter for a GGUF model and write it as GGUF: `python -m models.tutoring.tuning --model NAME`.

It learns to reply from the passages of a lesson: briefly, with citations, putting right what a question takes for granted. Needs
the extra `tuning`. Goes on from its checkpoint when it was interrupted.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from models.grading.tuning.training import Training, add_arguments, parsed, place_of, run
from models.grading.tuning.vocabulary import Vocabulary
from models.grading.tuning.wearer import Wearer
from models.tutoring.lessons import FOLDER, PracticeLesson, every
from models.tutoring.tuning.talks import TalkPack, packs, reordered, spoken, talks
from tutor.content.schema import LANGUAGES

ROOM = 1024  # half a lesson with its exchanges
HELD_OUT = 10
"""One practice lesson in so many, by its id, is only watched."""


class TutorTraining(Training[TalkPack]):
    """The next token of every reply."""

    def __init__(self, arguments: argparse.Namespace, gguf: Path) -> None:
        self.vocabulary = Vocabulary(gguf)
        torch.manual_seed(arguments.seed)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = Wearer(
            gguf,
            rank=arguments.rank,
            device=device,
            room=ROOM,
            lowest_layer=arguments.lowest_layer,
        )
        lessons = every(arguments.practice)
        self.lessons = [lesson for lesson in lessons if not is_held_out(lesson)]
        self.held_out = [lesson for lesson in lessons if is_held_out(lesson)]
        super().__init__(arguments, model)

    def batches(self) -> Iterator[TalkPack]:
        for epoch in range(1000):
            dice = random.Random(self.arguments.seed + epoch)
            lessons = [reordered(lesson, dice) for lesson in self.lessons]
            dice.shuffle(lessons)
            yield from self._packs(lessons)

    def loss(self, batch: TalkPack) -> Tensor:
        before = torch.from_numpy(batch.before).to(self.model.device)
        states = self.model.states(batch.shape)[before]
        logits = (states @ self.model.head.T).float()
        targets = torch.from_numpy(batch.targets).to(self.model.device)
        return torch.nn.functional.cross_entropy(logits, targets)

    def size(self, batch: TalkPack) -> int:
        return len(batch.shape.tokens)

    @torch.no_grad()
    def watched(self) -> dict[str, float]:
        """Nats for each token of a reply to lessons that nothing is trained on."""
        found = {}
        for language in LANGUAGES:
            mine = [lesson for lesson in self.held_out if lesson.language == language]
            batches = list(self._packs(mine))
            total = sum(float(self.loss(each)) * len(each.targets) for each in batches)
            if batches:
                found[language] = total / sum(len(each.targets) for each in batches)
        return found

    def _packs(self, lessons: Sequence[PracticeLesson]) -> Iterator[TalkPack]:
        said = (spoken(self.vocabulary, talk) for lesson in lessons for talk in talks(lesson))
        return packs(said, ROOM)


def is_held_out(lesson: PracticeLesson) -> bool:
    return hashlib.sha256(lesson.id.encode()).digest()[0] % HELD_OUT == 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser, tokens=200_000, rate=4e-4, rank=6)
    parser.add_argument("--practice", type=Path, default=FOLDER)
    return parsed(parser, "tutor")


def main() -> int:
    arguments = parse()
    training = TutorTraining(arguments, place_of(arguments.model))
    exchanges = sum(len(lesson.exchanges) for lesson in training.lessons)
    run(training, "tutor", {"lessons": len(training.lessons), "exchanges": exchanges}, {})
    return 0


if __name__ == "__main__":
    sys.exit(main())
