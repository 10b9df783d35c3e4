"""What this machine can spare: memory, cores, disk. Limits that a container sets are honoured."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def memory_free() -> int:
    """Bytes of memory a new process could use now: the machine's, or its container's where that is less."""
    return min([int(psutil.virtual_memory().available), *cgroup_memory_free()])


def cores() -> int:
    """Physical cores this process may run on, at least 1."""
    counts = [
        psutil.cpu_count(logical=False),
        psutil.cpu_count(logical=True),
        _affinity(),
        *cgroup_cores(),
    ]
    return max(1, min(count for count in counts if count))


def disk_free(path: Path) -> int:
    """Bytes free on the disk that holds `path`, which need not exist yet."""
    folder = path.absolute()
    while not folder.exists():
        folder = folder.parent
    return int(shutil.disk_usage(folder).free)


def cgroup_memory_free(root: Path = _CGROUPS, own: Path = _OWN_CGROUP) -> Iterator[int]:
    """Bytes left under each memory limit that holds for this process; nothing where none does."""
    for folder in _memory_groups(root, own):
        for limit_name, usage_name in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            limit, usage = _number(folder / limit_name), _number(folder / usage_name)
            if limit is not None and usage is not None:
                yield max(0, limit - usage + _reclaimable(folder))


def cgroup_cores(root: Path = _CGROUPS, own: Path = _OWN_CGROUP) -> Iterator[int]:
    """Whole cores each CPU quota of this process allows, at least 1."""
    for folder in _groups(root, own, controller=""):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if quota.isdecimal() and period.isdecimal() and int(period):
            yield max(1, math.floor(int(quota) / int(period)))


def _affinity() -> int | None:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def _memory_groups(root: Path, own: Path) -> Iterator[Path]:
    yield from _groups(root, own, controller="")
    yield from _groups(root / "memory", own, controller="memory")


def _groups(root: Path, own: Path, controller: str) -> Iterator[Path]:
    """The cgroup of this process and all above it, those that this namespace shows."""
    for line in _text(own).splitlines():
        _, controllers, name = [*line.split(":", 2), "", ""][:3]
        if controller in controllers.split(","):
            folder = root / name.strip("/")
            yield from (at for at in (folder, *folder.parents) if at == root or root in at.parents)


def _reclaimable(folder: Path) -> int:
    """Bytes of file cache the kernel gives back first."""
    for line in _text(folder / "memory.stat").splitlines():
        key, _, value = line.partition(" ")
        if key == "inactive_file" and value.isdecimal():
            return int(value)
    return 0


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text.isdecimal() else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
