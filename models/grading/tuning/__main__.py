"""Train the judge's LoRA adapter for a GGUF model and write it as GGUF: `python -m models.grading.tuning --model NAME`.

Needs the extra `tuning` (PyTorch, PEFT, transformers, gguf). Goes on from its checkpoint when it was interrupted; a GPU is
used where there is one. Learning rate and length follow the number of tokens seen, so the same arguments give the same
adapter but for rounding.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.grading.tuning import adapter_file
from models.grading.tuning.examples import gathered, shuffled
from models.grading.tuning.judge import Judge
from models.grading.tuning.trees import Pack, packs
from models.grading.tuning.vocabulary import Vocabulary
from tests.benchmarks.grading import public, written
from tests.benchmarks.grading.cases import Case
from tests.benchmarks.grading.metrics import auc
from tutor.content.schema import LANGUAGES
from tutor.grading import plain_prompt
from tutor.llm.catalog import load_catalog
from tutor.llm.installed import resolve
from tutor.paths import bundled, model_roots, places

ROOM = 512  # tokens of a pack
WARM_UP = 0.05
WATCHED = 60  # cases of each set in the curve


class Run:
    """One training: what it is at, and its checkpoint."""

    def __init__(self, arguments: argparse.Namespace, gguf: Path) -> None:
        self.arguments, self.gguf = arguments, gguf
        self.vocabulary = Vocabulary(gguf)
        yes, no = (self.vocabulary.one(text) for text in (plain_prompt.YES, plain_prompt.NO))
        device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(arguments.seed)
        self.judge = Judge(
            gguf,
            yes=yes,
            no=no,
            rank=arguments.rank,
            device=device,
            room=ROOM,
            lowest_layer=arguments.lowest_layer,
        )
        self.before = 0
        if arguments.start is not None:
            adapter, self.before = adapter_file.read(arguments.start, self.judge.heads)
            self.judge.put_on(adapter)
        # Steps are too small for bfloat16: they are added up in float32.
        self.exact = [p.detach().float().requires_grad_() for p in self.judge.trained()]
        self.optimiser = torch.optim.AdamW(self.exact, lr=arguments.rate, weight_decay=0.01)
        self.cases = gathered(
            arguments.data,
            arguments.practice,
            dict(arguments.share),
            arguments.language or LANGUAGES,
            arguments.seed,
        )
        self.seen = self.step = 0
        self.curve: list[dict[str, Any]] = []
        self.checkpoint = arguments.checkpoint
        if self.checkpoint.exists():
            self._resume()

    def _resume(self) -> None:
        saved = torch.load(self.checkpoint, weights_only=True)
        for own, value in zip(self.exact, saved["exact"], strict=True):
            own.data.copy_(value)
        self._worn()
        self.optimiser.load_state_dict(saved["optimiser"])
        self.seen, self.step, self.curve = saved["seen"], saved["step"], json.loads(saved["curve"])

    def save(self) -> None:
        """In one step, so that an interruption leaves the last checkpoint whole."""
        draft = self.checkpoint.with_suffix(".part")
        state = {
            "exact": [p.detach() for p in self.exact], "optimiser": self.optimiser.state_dict(),
            "seen": self.seen, "step": self.step, "curve": json.dumps(self.curve),
        }  # fmt: skip
        torch.save(state, draft)
        draft.replace(self.checkpoint)

    def batches(self) -> Iterator[Pack]:
        """All packs, epoch after epoch, from where the checkpoint left off."""
        at = 0
        for epoch in range(1000):
            order = shuffled(self.cases, self.arguments.seed + epoch)
            for pack in packs(self.vocabulary.prompts(order), ROOM):
                at += 1
                if at > self.step:
                    yield pack

    def rate(self) -> float:
        """Warm up, then a cosine down to a tenth."""
        done = min(1.0, self.seen / self.arguments.tokens)
        if done < WARM_UP:
            return float(self.arguments.rate * done / WARM_UP)
        share = 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))
        return float(self.arguments.rate * share)

    def train(self) -> None:
        """Until so many tokens were seen, or the time is up; the checkpoint then holds where it is."""
        began = saved = time.monotonic()
        losses: list[float] = []
        for pack in self.batches():
            if (
                self.seen >= self.arguments.tokens
                or time.monotonic() - began > self.arguments.minutes * 60
            ):
                break
            losses.append(self._learn(pack))
            if self.step % self.arguments.watch == 0:
                self._watch(losses, time.monotonic() - began)
                losses.clear()
            if time.monotonic() - saved > 120:
                self.save()
                saved = time.monotonic()
        self._watch(losses, time.monotonic() - began)
        self.save()

    def _learn(self, pack: Pack) -> float:
        device = self.judge.device
        margins = self.judge.margins(pack)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            margins, torch.from_numpy(pack.labels).to(device)
        )
        (loss / self.arguments.accumulate).backward()
        self.seen += len(pack.tokens)
        self.step += 1
        if self.step % self.arguments.accumulate == 0:
            for own, worn in zip(self.exact, self.judge.trained(), strict=True):
                own.grad = None if worn.grad is None else worn.grad.float()
                worn.grad = None
            torch.nn.utils.clip_grad_norm_(self.exact, 1.0)
            for group in self.optimiser.param_groups:
                group["lr"] = self.rate()
            self.optimiser.step()
            self._worn()
        return float(loss.detach())

    @torch.no_grad()
    def _worn(self) -> None:
        for own, worn in zip(self.exact, self.judge.trained(), strict=True):
            worn.copy_(own)

    def _watch(self, losses: list[float], seconds: float) -> None:
        """A point of the learning curve: AUC on questions that nothing is trained on."""
        point: dict[str, Any] = {
            "tokens": self.seen, "seconds": round(seconds),
            "loss": round(sum(losses) / max(1, len(losses)), 4),
        }  # fmt: skip
        for name, cases in watched(self.arguments.data, self.arguments.practice).items():
            scores, labels = self.score(cases)
            point[name] = round(auc(np.array(scores), np.array(labels, float)), 4)
        self.curve.append(point)
        print(json.dumps(point), file=sys.stderr, flush=True)

    @torch.no_grad()
    def score(self, cases: list[Case]) -> tuple[list[float], list[bool]]:
        """Margins and labels, of the prompts that fit a pack."""
        found: list[float] = []
        labels: list[bool] = []
        for pack in packs(self.vocabulary.prompts(cases), ROOM):
            found += self.judge.margins(pack).tolist()
            labels += (pack.labels > 0.5).tolist()
        return found, labels

    def export(self, path: Path) -> int:
        about = {
            "general.name": f"judge for {self.arguments.model}",
            "general.license": "cc-by-sa-4.0",
            "tutor.prompt": plain_prompt.VERSION,
            "tutor.tokens_seen": str(self.before + self.seen),
        }
        architecture = {"llama": "llama", "qwen2": "qwen2"}[self.judge.architecture]
        path.parent.mkdir(parents=True, exist_ok=True)
        return adapter_file.write(
            path, self.judge.adapter(), architecture=architecture, rank=self.arguments.rank,
            heads=self.judge.heads, about=about,
        )  # fmt: skip


def watched(data: Path | None, practice: Path) -> dict[str, list[Case]]:
    """The first cases that nothing is trained on, of each set and language, the same at every point of the curve."""
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
            if case.split in ("fit", "answers") and len(found[name]) < WATCHED:
                found[name].append(case)
    return {name: cases for name, cases in found.items() if cases}


def _share(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    return name, float(value)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="a name of the catalogue or a path")
    parser.add_argument(
        "--data", type=Path, help="the folder of public data; without it only practice answers"
    )
    parser.add_argument("--practice", type=Path, default=written.PRACTICE)
    parser.add_argument(
        "--out", type=Path, help="the adapter; models/adapters/judge-MODEL.gguf by default"
    )
    parser.add_argument(
        "--checkpoint", type=Path, help="judge-MODEL.checkpoint in the current folder by default"
    )
    parser.add_argument(
        "--start", type=Path, help="an adapter to begin with, of the same rank and layers"
    )
    parser.add_argument("--tokens", type=int, default=1_000_000, help="tokens to see in all")
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="stop earlier; the same command goes on"
    )
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--accumulate", type=int, default=2, help="packs a step")
    parser.add_argument(
        "--lowest-layer", type=int, default=0, help="the first layer that is adapted"
    )
    parser.add_argument("--share", type=_share, action="append", default=[], metavar="CASES=SHARE")
    parser.add_argument(
        "--watch", type=int, default=60, help="packs between two points of the curve"
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, action="append", help="only this one; both by default"
    )
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    arguments.out = (
        arguments.out or bundled("models") / "adapters" / f"judge-{arguments.model}.gguf"
    )
    arguments.checkpoint = arguments.checkpoint or Path(f"judge-{arguments.model}.checkpoint")
    return arguments


def main() -> int:
    arguments = parse()
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    gguf = resolve(arguments.model, model_roots(places(), os.environ), catalog)
    run = Run(arguments, gguf)
    print(json.dumps({"cases": len(run.cases), **run.judge.describe()}), file=sys.stderr)
    run.train()
    size = run.export(arguments.out)
    print(
        json.dumps(
            {"adapter": str(arguments.out), "bytes": size, "tokens": run.seen, "curve": run.curve}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
