"""Models that other programs on this machine already hold: found and offered, never moved or changed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from tutor.llm.gguf import BadGguf, GgufHeader, read_header
from tutor.llm.installed import LATER_SHARD, Installed

Origin = Literal["Ollama", "LM Studio", "Hugging Face"]

_LOOKED_AT = 500
_MANIFEST_LIMIT = 1_000_000
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_OLLAMA_MODEL = "application/vnd.ollama.image.model"


@dataclass(frozen=True)
class Offered:
    """A model file of another program; `add(path, into, name)` makes it Tutor's to use."""

    name: str
    path: Path
    origin: Origin
    header: GgufHeader

    @property
    def bytes(self) -> int:
        return self.header.bytes


class _Layer(Struct):
    digest: str
    media_type: str = msgspec.field(name="mediaType", default="")


class _Manifest(Struct):
    layers: list[_Layer] = []


def offered(
    known: Sequence[Installed] = (),
    environ: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> list[Offered]:
    """What Ollama, LM Studio and the Hub's cache hold and `known` does not: whole models only, smallest first."""
    base = home or Path.home()
    seen = {model.path.resolve() for model in known}
    found = []
    for name, path, origin in [
        *_ollama(environ, base),
        *_lm_studio(base),
        *_hub_cache(environ, base),
    ]:
        real = path.resolve()
        header = None if real in seen else _model_header(path)
        seen.add(real)
        if header:
            found.append(Offered(name, path, origin, header))
    return sorted(found, key=lambda model: (model.bytes, model.name))


def _model_header(path: Path) -> GgufHeader | None:
    try:
        header = read_header(path)
    except BadGguf:
        return None
    return header if header.kind == "model" else None


def _ollama(environ: Mapping[str, str], home: Path) -> Iterator[tuple[str, Path, Origin]]:
    listed = environ.get("OLLAMA_MODELS")
    stores = (
        [Path(listed)]
        if listed
        else [home / ".ollama/models", Path("/usr/share/ollama/.ollama/models")]
    )
    for store in stores:
        for manifest in _files(store / "manifests", "*"):
            tag, model = manifest.name, manifest.parent.name
            for digest in _model_digests(manifest):
                name = model if tag == "latest" else f"{model}-{tag}"
                yield name, store / "blobs" / digest.replace(":", "-"), "Ollama"


def _model_digests(manifest: Path) -> list[str]:
    try:
        with manifest.open("rb") as file:
            held = msgspec.json.decode(file.read(_MANIFEST_LIMIT), type=_Manifest)
    except (OSError, msgspec.DecodeError):
        return []
    models = [layer.digest for layer in held.layers if layer.media_type == _OLLAMA_MODEL]
    return [digest for digest in models if _DIGEST.fullmatch(digest)]


def _lm_studio(home: Path) -> Iterator[tuple[str, Path, Origin]]:
    for store in (home / ".lmstudio/models", home / ".cache/lm-studio/models"):
        for path in _files(store, "*.gguf"):
            yield path.stem, path, "LM Studio"


def _hub_cache(environ: Mapping[str, str], home: Path) -> Iterator[tuple[str, Path, Origin]]:
    hub_home = Path(environ.get("HF_HOME") or home / ".cache/huggingface")
    cache = Path(environ.get("HF_HUB_CACHE") or hub_home / "hub")
    for path in _files(cache, "models--*/snapshots/**/*.gguf"):
        yield path.stem, path, "Hugging Face"


def _files(folder: Path, pattern: str) -> list[Path]:
    """Files under `folder`, at most so many that a strange disk can't hold the screen up."""
    try:
        matches = folder.glob(pattern) if "/" in pattern else folder.rglob(pattern)
        files = list(islice(matches, _LOOKED_AT))
        return sorted(
            path for path in files if path.is_file() and not LATER_SHARD.search(path.stem)
        )
    except OSError:
        return []
