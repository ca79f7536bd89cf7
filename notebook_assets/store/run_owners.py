"""Which process a run belongs to, and whether that is gone: by its number where numbers compare, else by its lock."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from socket import gethostname
from typing import Any

from notebook_assets.store.processes import is_gone, ticks_at_start
from notebook_assets.store.run_locks import RunLocks

PLACE_TAG = "notebook_assets/place"
"""Beside the tags of a run in its row: the kernel, namespace and machine of its process, the file of its lock, and when
the process began, by a clock that nobody sets: in ticks of the kernel since it started."""

_FIRST_NAMESPACE = "pid:[4026531836]"  # of Linux itself: whoever is in it is in no container
OWNER_COLUMNS = "host, pid, process_started, tags"


@dataclass(frozen=True)
class Place:
    """Where a process is; empty texts where the system does not tell.

    Args:
        boot: The kernel since it started.
        namespace: Within which the numbers of processes are unique.
        machine: The machine, through all its starts.

    >>> here() == here()
    True
    """

    boot: str = ""
    namespace: str = ""
    machine: str = ""


@cache
def here() -> Place:
    """Return where this process is.

    >>> isinstance(here().boot, str)
    True
    """
    try:
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        namespace = ""
    return Place(_text("/proc/sys/kernel/random/boot_id"), namespace, _text("/etc/machine-id"))


def place_tag(file: str) -> dict[str, str]:
    """Return the tag that says where a run of this process is, and in which file its lock.

    >>> list(place_tag(""))
    ['notebook_assets/place']
    """
    place = here()
    return {PLACE_TAG: json.dumps([place.boot, place.namespace, place.machine, file, ticks_at_start(os.getpid())])}


def without_place(tags: str) -> str:
    """Return the tags of a run, as they are kept, without its place: it means nothing in another store.

    >>> without_place(json.dumps({"owner": "ann", **place_tag("")}))
    '{"owner": "ann"}'
    """
    found = json.loads(tags)
    return json.dumps({name: text for name, text in found.items() if name != PLACE_TAG})


def lives(locks: RunLocks, number: int, host: Any, pid: Any, started: Any, tags: str) -> bool | None:
    """Whether the process of a run lives; None where that can't be told from here.

    Numbers of processes compare within one namespace of one kernel. Another container on the same kernel is told by
    the lock that its run holds. A run from before the machine was started anew is over. Of any other machine, and of
    containers of another kernel, nothing is known.

    Args:
        locks: The locks of the store.
        number: The run's number.
        host: The name of its machine.
        pid: The number of its process.
        started: When that began.
        tags: The run's tags, as they are kept.

    >>> lives(RunLocks(Path()), 1, "another", 1, None, "{}") is None
    True
    """
    boot, namespace, machine, file, ticks = _place_of(tags)
    at = here()
    same_name = host == gethostname()
    if pid is None:
        return None
    if same_name and (not boot or (boot, namespace) == (at.boot, at.namespace)):
        return not is_gone(pid, started, ticks if boot else None)
    if boot and boot == at.boot:
        return locks.is_held(number, file)
    outside = namespace == at.namespace == _FIRST_NAMESPACE
    return False if boot and same_name and outside and machine and machine == at.machine else None


def _place_of(tags: str) -> tuple[str, str, str, str, int | None]:
    try:
        boot, namespace, machine, file, *more = json.loads(json.loads(tags)[PLACE_TAG])
    except (ValueError, KeyError, TypeError):
        return "", "", "", "", None
    ticks = more[0] if more and isinstance(more[0], int) else None
    return str(boot), str(namespace), str(machine), str(file), ticks


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
