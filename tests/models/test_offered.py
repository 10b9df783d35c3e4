from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.models.gguf_file import TINY, gguf_bytes
from tutor.llm.catalog import Catalog
from tutor.llm.installed import add, installed
from tutor.llm.offered import offered

DIGEST = "a" * 64


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def put(path: Path, extra: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes({**TINY, "extra": "x" * extra}))
    return path


def ollama(
    store: Path, digest: str, media_type: str = "application/vnd.ollama.image.model"
) -> None:
    manifest = store / "manifests/registry.ollama.ai/library/llama3.2/1b"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(
        json.dumps({"layers": [{"mediaType": media_type, "digest": digest, "size": 1}]})
    )


def test_a_machine_without_such_programs_offers_nothing(home: Path) -> None:
    assert offered(environ={}, home=home) == []


def test_models_of_all_three_are_found(home: Path) -> None:
    store = home / ".ollama/models"
    ollama(store, f"sha256:{DIGEST}")
    blob = put(store / f"blobs/sha256-{DIGEST}")
    studio = put(home / ".lmstudio/models/owner/repo/studio.gguf", 100)
    hub = put(home / ".cache/huggingface/hub/models--o--r/snapshots/abc/hub.gguf", 200)
    found = [(model.name, model.path, model.origin) for model in offered(environ={}, home=home)]
    assert found == [
        ("llama3.2-1b", blob, "Ollama"),
        ("studio", studio, "LM Studio"),
        ("hub", hub, "Hugging Face"),
    ]


def test_the_environment_moves_the_stores(home: Path, tmp_path: Path) -> None:
    ollama(tmp_path / "o", f"sha256:{DIGEST}")
    put(tmp_path / f"o/blobs/sha256-{DIGEST}")
    put(tmp_path / "h/hub/models--o--r/snapshots/abc/hub.gguf", 200)
    environ = {"OLLAMA_MODELS": str(tmp_path / "o"), "HF_HOME": str(tmp_path / "h")}
    assert [model.origin for model in offered(environ=environ, home=home)] == [
        "Ollama",
        "Hugging Face",
    ]


def test_a_snapshot_and_the_blob_it_links_to_are_one_model(home: Path) -> None:
    repo = home / ".cache/huggingface/hub/models--o--r"
    blob = put(repo / "blobs/abc")
    for revision in ("one", "two"):
        link = repo / "snapshots" / revision / "m.gguf"
        link.parent.mkdir(parents=True)
        link.symlink_to(blob)
    assert len(offered(environ={}, home=home)) == 1


@pytest.mark.parametrize(
    ("digest", "media_type"),
    [
        ("sha256:../../../secret", "application/vnd.ollama.image.model"),
        (f"sha256:{DIGEST}", "application/vnd.ollama.image.license"),
    ],
)
def test_a_manifest_leads_nowhere_but_to_its_own_models(
    home: Path, digest: str, media_type: str
) -> None:
    store = home / ".ollama/models"
    ollama(store, digest, media_type)
    put(store / f"blobs/sha256-{DIGEST}")
    put(store / "secret")
    assert offered(environ={}, home=home) == []


def test_broken_files_later_shards_and_projectors_are_not_offered(home: Path) -> None:
    studio = home / ".lmstudio/models/o/r"
    put(studio / "big-00002-of-00002.gguf")
    (studio / "broken.gguf").write_bytes(b"GGUF")
    (studio / "mmproj.gguf").write_bytes(gguf_bytes({"general.architecture": "clip"}))
    assert offered(environ={}, home=home) == []


def test_what_was_added_is_not_offered_again(home: Path, tmp_path: Path) -> None:
    put(home / ".lmstudio/models/o/r/m.gguf")
    [found] = offered(environ={}, home=home)
    add(found.path, tmp_path / "models", found.name)
    known = installed([tmp_path / "models"], Catalog(models=()))
    assert offered(known, environ={}, home=home) == []
