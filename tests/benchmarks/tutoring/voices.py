"""What lets the program wear a tutor's adapter: written once the adapter lies where it ships."""

from __future__ import annotations

import msgspec

from tests.benchmarks.grading.wearing import described
from tutor.llm.fitted import Fingerprint
from tutor.paths import bundled
from tutor.tutoring.prompts import VERSION
from tutor.tutoring.voice import Voice


def write(model: Fingerprint) -> str:
    """The file's name. Raises OSError where no adapter lies there for the model."""
    adapter = described(bundled("models") / "adapters" / f"tutor-{model.name}.gguf")
    voice = Voice(
        model=model,
        adapter=adapter,
        prompt=VERSION,
        trained_on="models/tutoring/practice (CC BY 4.0)",
        licence="CC BY-SA 4.0",
    )
    path = bundled("models") / "tutoring" / f"{model.name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(voice), indent=2) + b"\n")
    return path.name
