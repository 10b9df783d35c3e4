from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.models.gguf_file import gguf_bytes
from tests.models.local_hub import LocalHub, serving
from tests.models.sample import catalog_model
from tutor.llm import pull_hub
from tutor.llm.catalog import CatalogModel, HubFile
from tutor.llm.pull import PullError, PullProgress, pull

DATA = random.Random(7).randbytes(3_500_000)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalHub]:
    with serving(LocalHub(files={"sample.gguf": DATA})) as local:
        monkeypatch.setenv("HF_ENDPOINT", local.url)
        monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
        monkeypatch.setenv("HF_TOKEN", "secret")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        monkeypatch.setattr(pull_hub, "RETRY_PAUSE", 0)
        monkeypatch.setattr("tutor.llm.transfer._SHORTEST_PAUSE", 0)
        yield local


def model(**changes: Any) -> CatalogModel:
    return catalog_model(**{"bytes": len(DATA), "sha256": SHA256} | changes)


async def run(into: Path, wanted: CatalogModel | None = None) -> tuple[Path, list[PullProgress]]:
    seen: list[PullProgress] = []
    return await pull(wanted or model(), into, on_progress=seen.append), seen


async def refusal(into: Path, wanted: CatalogModel | None = None) -> PullError:
    with pytest.raises(PullError) as caught:
        await run(into, wanted)
    assert "\n" not in str(caught.value)
    return caught.value


async def stop_at(hub: LocalHub, into: Path, wanted: CatalogModel, size: int) -> None:
    """Cancel a pull once `size` bytes have been shown to be there."""
    hub.hold_after = size
    arrived = asyncio.Event()

    def watch(progress: PullProgress) -> None:
        if progress.done >= size:
            arrived.set()

    task = asyncio.create_task(pull(wanted, into, on_progress=watch))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    hub.hold_after = None
    hub.release.set()


def left(into: Path) -> list[str]:
    return sorted(path.name for path in into.iterdir())


async def test_a_file_is_pulled_verified_and_put_in_place(hub: LocalHub, tmp_path: Path) -> None:
    path, seen = await run(tmp_path / "models")
    assert path.read_bytes() == DATA
    assert left(tmp_path / "models") == ["sample.gguf"]
    assert {progress.stage for progress in seen} == {"download", "verify"}
    assert all(progress.total == len(DATA) for progress in seen)
    downloads = [progress.done for progress in seen if progress.stage == "download"]
    assert downloads == sorted(downloads)
    assert (downloads[0], downloads[-1], seen[-1].done) == (0, len(DATA), len(DATA))


async def test_the_token_goes_to_the_hub_and_not_on_to_the_store(
    hub: LocalHub, tmp_path: Path
) -> None:
    await run(tmp_path)
    assert set(hub.tokens) == {"Bearer secret"}
    assert hub.store_tokens == [None]


async def test_a_model_without_a_sum_is_pinned_by_the_hub(hub: LocalHub, tmp_path: Path) -> None:
    path, seen = await run(tmp_path, model(sha256=None, bytes=17))
    assert path.read_bytes() == DATA
    assert seen[-1].total == len(DATA)


async def test_a_cancelled_pull_goes_on_at_its_byte(hub: LocalHub, tmp_path: Path) -> None:
    await stop_at(hub, tmp_path, model(), 2 * 1024 * 1024)
    kept = (tmp_path / "sample.gguf.part").stat().st_size
    assert kept == 2 * 1024 * 1024
    path, seen = await run(tmp_path)
    assert path.read_bytes() == DATA
    assert hub.ranges == [None, f"bytes={kept}-"]
    assert seen[0].done == kept
    assert left(tmp_path) == ["sample.gguf"]


async def test_a_cut_transfer_is_taken_up_at_once(hub: LocalHub, tmp_path: Path) -> None:
    hub.cuts = [1_500_000, 1_000_000]
    path, _ = await run(tmp_path)
    assert path.read_bytes() == DATA
    assert len(hub.ranges) == 3
    assert hub.ranges[0] is None
    assert all(wanted is not None for wanted in hub.ranges[1:])


async def test_a_server_deaf_to_ranges_makes_it_start_over(hub: LocalHub, tmp_path: Path) -> None:
    await stop_at(hub, tmp_path, model(), 2 * 1024 * 1024)
    hub.deaf_to_range = True
    path, _ = await run(tmp_path)
    assert path.read_bytes() == DATA


async def test_a_file_that_changed_on_the_hub_starts_over(hub: LocalHub, tmp_path: Path) -> None:
    loose = model(sha256=None)
    await stop_at(hub, tmp_path, loose, 1024 * 1024)
    hub.files["sample.gguf"] = DATA[::-1]
    path, _ = await run(tmp_path, loose)
    assert path.read_bytes() == DATA[::-1]
    assert hub.ranges == [None, None]


async def test_bytes_of_unknown_origin_are_not_built_upon(hub: LocalHub, tmp_path: Path) -> None:
    (tmp_path / "sample.gguf.part").write_bytes(b"x" * 500)
    path, _ = await run(tmp_path)
    assert path.read_bytes() == DATA
    assert hub.ranges == [None]


async def test_kept_bytes_that_went_bad_are_found_and_removed(
    hub: LocalHub, tmp_path: Path
) -> None:
    await stop_at(hub, tmp_path, model(), 1024 * 1024)
    part = tmp_path / "sample.gguf.part"
    part.write_bytes(b"x" + part.read_bytes()[1:])
    error = await refusal(tmp_path)
    assert error.code == "mismatch"
    assert SHA256 in str(error)
    assert hashlib.sha256(b"x" + DATA[1:]).hexdigest() in str(error)
    assert left(tmp_path) == []


async def test_more_bytes_than_there_can_be_are_dropped(hub: LocalHub, tmp_path: Path) -> None:
    await stop_at(hub, tmp_path, model(), 1024 * 1024)
    with (tmp_path / "sample.gguf.part").open("ab") as file:
        file.write(bytes(len(DATA)))
    error = await refusal(tmp_path)
    assert error.code == "mismatch"
    assert left(tmp_path) == []


async def test_another_sum_on_the_hub_stops_it_before_the_download(
    hub: LocalHub, tmp_path: Path
) -> None:
    error = await refusal(tmp_path, model(sha256="0" * 64))
    assert "0" * 64 in str(error)
    assert SHA256 in str(error)
    assert hub.ranges == []


async def test_a_good_file_is_not_touched_by_a_bad_pull(hub: LocalHub, tmp_path: Path) -> None:
    (tmp_path / "sample.gguf").write_bytes(DATA)
    hub.down = True
    path, seen = await run(tmp_path)
    assert path.read_bytes() == DATA
    assert {progress.stage for progress in seen} == {"verify"}


async def test_a_model_without_a_sum_that_is_whole_is_not_pulled_again(
    hub: LocalHub, tmp_path: Path
) -> None:
    (tmp_path / "sample.gguf").write_bytes(gguf_bytes())
    path, seen = await run(tmp_path, model(sha256=None))
    assert (path.read_bytes(), seen, hub.tokens) == (gguf_bytes(), [], [])
    path.write_bytes(gguf_bytes()[:200])
    await run(tmp_path, model(sha256=None))
    assert path.read_bytes() == DATA


@pytest.mark.parametrize(
    ("changes", "code", "advice"),
    [
        ({"gated": True}, "gated", r"owner/repo is gated: accept its licence at http\S+/owner/repo and set HF_TOKEN"),
        ({"down": True}, "unreachable", r"127.0.0.1:\d+ can't be reached \(it answered 503\): check the connection"),
        ({"files": {}}, "missing", "owner/repo has no sample.gguf at main: update Tutor"),
        ({"etag": "abc"}, "missing", "the Hub gives no sum for sample.gguf: choose another model"),
    ],
)  # fmt: skip
async def test_a_refusal_says_what_to_do(
    hub: LocalHub, tmp_path: Path, changes: dict[str, Any], code: str, advice: str
) -> None:
    for name, value in changes.items():
        setattr(hub, name, value)
    error = await refusal(tmp_path)
    assert error.code == code
    error.args = (str(error),)
    with pytest.raises(PullError, match=f"sample was not pulled: {advice}"):
        raise error


async def test_a_repository_that_is_not_there(hub: LocalHub, tmp_path: Path) -> None:
    gone = HubFile(repo="owner/gone", file="sample.gguf")
    error = await refusal(tmp_path, model(sources=(gone,)))
    assert error.code == "gated"
    assert "owner/gone is not on the Hub, or not open to you: set HF_TOKEN" in str(error)


async def test_a_hub_that_keeps_breaking_off_is_given_up(hub: LocalHub, tmp_path: Path) -> None:
    hub.cuts = [1_000_000, 0, 0, 0, 0, 0, 0]
    error = await refusal(tmp_path)
    assert error.code == "unreachable"
    assert "what has arrived is kept" in str(error)
    assert (tmp_path / "sample.gguf.part").stat().st_size > 0
    hub.cuts = []
    path, _ = await run(tmp_path)
    assert path.read_bytes() == DATA


async def test_nobody_there(hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    error = await refusal(tmp_path)
    assert error.code == "unreachable"
    assert "127.0.0.1:9 can't be reached" in str(error)


async def test_offline_is_respected(
    hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    error = await refusal(tmp_path)
    assert error.code == "offline"
    assert "unset HF_HUB_OFFLINE" in str(error)
    assert hub.tokens == []


async def test_a_full_disk_is_said_before_anything_starts(
    hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.llm.pull.disk_free", lambda path: 2_000_000)
    error = await refusal(tmp_path)
    assert error.code == "disk"
    assert f"it needs 4 MB of disk and 2 MB are free in {tmp_path}: free 2 MB" in str(error)
    assert hub.tokens == []


async def test_two_pulls_of_one_model_do_not_meet(hub: LocalHub, tmp_path: Path) -> None:
    hub.hold_after = 1024 * 1024
    first = asyncio.create_task(run(tmp_path))
    await asyncio.to_thread(hub.reached.wait)
    error = await refusal(tmp_path)
    assert error.code == "busy"
    assert "sample is being pulled already" in str(error)
    hub.release.set()
    path, _ = await first
    assert path.read_bytes() == DATA
    assert left(tmp_path) == ["sample.gguf"]


async def test_a_folder_that_can_not_be_made(hub: LocalHub, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    error = await refusal(tmp_path / "file" / "models")
    assert "can't be written" in str(error)
