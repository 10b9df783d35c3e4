"""The loop that trains an adapter: it saves where it is, and the same command goes on from there."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

from models.grading.tuning import adapter_file
from models.grading.tuning.wearer import Wearer
from tutor.llm.catalog import load_catalog
from tutor.llm.installed import resolve
from tutor.paths import bundled, model_roots, places

P = TypeVar("P")
LICENCE = "cc-by-sa-4.0"
WARM_UP = 0.05
SAVED = 120
"""Seconds between two checkpoints."""


class Training(ABC, Generic[P]):
    """`P`: what is learnt from at once. Rate and length follow the tokens seen, so the same arguments give the same adapter."""

    def __init__(self, arguments: argparse.Namespace, model: Wearer) -> None:
        self.arguments, self.model = arguments, model
        self.before = 0
        if arguments.start is not None:
            adapter, self.before = adapter_file.read(arguments.start, model.heads)
            model.put_on(adapter)
        # Steps are too small for bfloat16: they are added up in float32.
        self.exact = [p.detach().float().requires_grad_() for p in model.trained()]
        self.optimiser = torch.optim.AdamW(self.exact, lr=arguments.rate, weight_decay=0.01)
        self.seen = self.step = 0
        self.curve: list[dict[str, Any]] = []
        self.checkpoint: Path = arguments.checkpoint
        if self.checkpoint.exists():
            self._resume()

    @abstractmethod
    def batches(self) -> Iterator[P]:
        """All of it, epoch after epoch, always in the same order."""

    @abstractmethod
    def loss(self, batch: P) -> Tensor: ...

    @abstractmethod
    def size(self, batch: P) -> int:
        """Tokens."""

    @abstractmethod
    def watched(self) -> dict[str, float]:
        """Figures of a point of the learning curve, on what nothing is trained on."""

    def train(self) -> None:
        """Until so many tokens were seen, or the time is up; the checkpoint then holds where it is."""
        began = saved = time.monotonic()
        losses: list[float] = []
        behind = self.step
        for at, batch in enumerate(self.batches()):
            if at < behind:
                continue
            if (
                self.seen >= self.arguments.tokens
                or time.monotonic() - began > self.arguments.minutes * 60
            ):
                break
            losses.append(self._learn(batch))
            if self.step % self.arguments.watch == 0:
                self._watch(losses, time.monotonic() - began)
                losses.clear()
            if time.monotonic() - saved > SAVED:
                self.save()
                saved = time.monotonic()
        self._watch(losses, time.monotonic() - began)
        self.save()

    def save(self) -> None:
        """In one step, so that an interruption leaves the last checkpoint whole."""
        draft = self.checkpoint.with_suffix(".part")
        state = {
            "exact": [p.detach() for p in self.exact], "optimiser": self.optimiser.state_dict(),
            "seen": self.seen, "step": self.step, "curve": json.dumps(self.curve),
        }  # fmt: skip
        torch.save(state, draft)
        draft.replace(self.checkpoint)

    def export(self, path: Path, about: dict[str, str]) -> int:
        """Write the adapter; `about` becomes metadata. How many bytes the file has."""
        architecture = {"llama": "llama", "qwen2": "qwen2"}[self.model.architecture]
        path.parent.mkdir(parents=True, exist_ok=True)
        return adapter_file.write(
            path, self.model.adapter(), architecture=architecture, rank=self.arguments.rank,
            heads=self.model.heads, about={**about, "tutor.tokens_seen": str(self.before + self.seen)},
        )  # fmt: skip

    def _resume(self) -> None:
        saved = torch.load(self.checkpoint, weights_only=True)
        for own, value in zip(self.exact, saved["exact"], strict=True):
            own.data.copy_(value)
        self._worn()
        self.optimiser.load_state_dict(saved["optimiser"])
        self.seen, self.step, self.curve = saved["seen"], saved["step"], json.loads(saved["curve"])

    def _rate(self) -> float:
        """Warm up, then a cosine down to a tenth."""
        done = min(1.0, self.seen / self.arguments.tokens)
        if done < WARM_UP:
            return float(self.arguments.rate * done / WARM_UP)
        share = 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))
        return float(self.arguments.rate * share)

    def _learn(self, batch: P) -> float:
        loss = self.loss(batch)
        (loss / self.arguments.accumulate).backward()
        self.seen += self.size(batch)
        self.step += 1
        if self.step % self.arguments.accumulate == 0:
            for own, worn in zip(self.exact, self.model.trained(), strict=True):
                own.grad = None if worn.grad is None else worn.grad.float()
                worn.grad = None
            torch.nn.utils.clip_grad_norm_(self.exact, 1.0)
            for group in self.optimiser.param_groups:
                group["lr"] = self._rate()
            self.optimiser.step()
            self._worn()
        return float(loss.detach())

    @torch.no_grad()
    def _worn(self) -> None:
        for own, worn in zip(self.exact, self.model.trained(), strict=True):
            worn.copy_(own)

    def _watch(self, losses: list[float], seconds: float) -> None:
        point: dict[str, Any] = {
            "tokens": self.seen, "seconds": round(seconds),
            "loss": round(sum(losses) / max(1, len(losses)), 4),
        }  # fmt: skip
        point |= {name: round(value, 4) for name, value in self.watched().items()}
        self.curve.append(point)
        print(json.dumps(point), file=sys.stderr, flush=True)


def place_of(model: str) -> Path:
    """The GGUF file of a model by name or path. Raises ModelNotFound."""
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    return resolve(model, model_roots(places(), os.environ), catalog)


def parsed(parser: argparse.ArgumentParser, part: str) -> argparse.Namespace:
    """The arguments; what is written lies where the adapter for this `part`, judge or tutor, ships."""
    arguments = parser.parse_args()
    name = f"{part}-{arguments.model}"
    arguments.out = arguments.out or bundled("models") / "adapters" / f"{name}.gguf"
    arguments.checkpoint = arguments.checkpoint or Path(f"{name}.checkpoint")
    return arguments


def run(training: Training[Any], part: str, counts: dict[str, int], about: dict[str, str]) -> None:
    """Train and write the adapter; what it is, its learning curve and where it lies are printed as JSON."""
    arguments = training.arguments
    print(json.dumps({**counts, **training.model.describe()}), file=sys.stderr)
    training.train()
    named = {"general.name": f"{part} for {arguments.model}", "general.license": LICENCE}
    size = training.export(arguments.out, {**named, **about})
    found = {"adapter": str(arguments.out), "bytes": size, "tokens": training.seen}
    print(json.dumps({**found, "curve": training.curve}))


def add_arguments(parser: argparse.ArgumentParser, *, tokens: int, rate: float, rank: int) -> None:
    """What every training can be told, with these defaults."""
    parser.add_argument("--model", required=True, help="a name of the catalogue or a path")
    parser.add_argument("--out", type=Path, help="the adapter; by default where it ships")
    parser.add_argument("--checkpoint", type=Path, help="by default in the current folder")
    parser.add_argument(
        "--start", type=Path, help="an adapter to begin with, of the same rank and layers"
    )
    parser.add_argument("--tokens", type=int, default=tokens, help="tokens to see in all")
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="stop earlier; the same command goes on"
    )
    parser.add_argument("--rank", type=int, default=rank)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--accumulate", type=int, default=2, help="batches a step")
    parser.add_argument(
        "--lowest-layer", type=int, default=0, help="the first layer that is adapted"
    )
    parser.add_argument(
        "--watch", type=int, default=60, help="batches between two points of the curve"
    )
    parser.add_argument("--seed", type=int, default=7)
