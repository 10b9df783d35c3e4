from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tutor.llm import hardware


def test_the_machine_is_read(tmp_path: Path) -> None:
    assert 0 < hardware.memory_free() <= psutil.virtual_memory().total
    assert 1 <= hardware.cores() <= (psutil.cpu_count() or 1)
    assert hardware.disk_free(tmp_path / "not" / "yet" / "there") > 0


def test_the_limits_of_every_group_above_hold(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("0::/outer/inner\n")
    root = tmp_path / "fs"
    group(
        root / "outer", {"memory.max": "1000", "memory.current": "900", "cpu.max": "250000 100000"}
    )
    stat = "anon 1\ninactive_file 30\n"
    group(root / "outer/inner", {"memory.max": "500", "memory.current": "100", "memory.stat": stat})
    assert sorted(hardware.cgroup_memory_free(root, own)) == [100, 430]
    assert list(hardware.cgroup_cores(root, own)) == [2]


def test_no_limit_is_none(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("0::/\n")
    group(tmp_path / "fs", {"memory.max": "max", "memory.current": "5", "cpu.max": "max 100000"})
    assert list(hardware.cgroup_memory_free(tmp_path / "fs", own)) == []
    assert list(hardware.cgroup_cores(tmp_path / "fs", own)) == []
    assert list(hardware.cgroup_memory_free(tmp_path / "none", tmp_path / "none")) == []


def test_the_older_kind_of_group(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("5:cpu,cpuacct:/x\n4:memory:/x\n")
    group(
        tmp_path / "fs/memory/x", {"memory.limit_in_bytes": "700", "memory.usage_in_bytes": "200"}
    )
    assert list(hardware.cgroup_memory_free(tmp_path / "fs", own)) == [500]


def test_the_lower_of_machine_and_container_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "cgroup_memory_free", lambda: iter([12345]))
    monkeypatch.setattr(hardware, "cgroup_cores", lambda: iter([1]))
    assert hardware.memory_free() == 12345
    assert hardware.cores() == 1


def group(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
