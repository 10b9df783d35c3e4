"""A judge as it will grade: with the model's adapter on, where there is one, and the form that goes with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.benchmarks.grading.record import About
from tutor.grading import plain_prompt, prompts
from tutor.grading.calibration import Calibration, Curve
from tutor.grading.rubric import Judge
from tutor.llm.catalog import CatalogModel
from tutor.llm.fitted import AdapterFile, Fingerprint
from tutor.llm.protocol import Adapter, Client, ModelInfo
from tutor.paths import bundled

OPEN = Curve(bias=0.0, margin=1.0, baseline=0.0, unmet=0.0, met=2.0)


def adapter_of(model: str) -> Path:
    return bundled("models") / "adapters" / f"judge-{model}.gguf"


def described(path: Path) -> AdapterFile:
    data = path.read_bytes()
    return AdapterFile(file=path.name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


async def worn(
    client: Client, info: ModelInfo, known: CatalogModel, *, tuned: bool
) -> tuple[Judge, About]:
    """The judge, and all that its margins depend on. Raises ModelError."""
    path = adapter_of(known.name)
    adapter = described(path) if tuned and path.exists() else None
    if adapter is not None:
        await client.adapters([Adapter(str(path))], lane="judge")
    about = About(
        model=Fingerprint(
            name=known.name,
            architecture=info.architecture,
            parameters=info.parameters,
            bytes=info.bytes,
            sha256=known.sha256,
        ),
        prompt=prompts.VERSION if adapter is None else plain_prompt.VERSION,
        adapter=adapter,
    )
    blank = Calibration(
        version="measuring",
        prompt=about.prompt or "",
        points=OPEN,
        misconceptions=OPEN,
        adapter=adapter,
    )
    return Judge(client, blank), about
