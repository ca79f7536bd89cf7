"""What the notebook's process and its workers say to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notebook_assets.keys import AssetKey
from notebook_assets.run.executor_errors import PackedError


@dataclass(frozen=True)
class Begin:
    """A task for a worker, with what it does not have yet.

    Args:
        run: What all calls of the run share, where it is the worker's first task of it.
        shared: What is shared, by number, each after what it needs itself.
        kit: The number of the kit, and the kit where it is new.
        task: The task.
    """

    run: bytes | None
    shared: Sequence[tuple[int, bytes]]
    kit: tuple[int, bytes | None]
    task: bytes


@dataclass(frozen=True)
class Ask:
    """A value that a worker can't get by itself."""

    key: AssetKey
    partition: str | None
    by_manager: bool
    python_type: Any = None


@dataclass(frozen=True)
class AskThing:
    """A resource that a worker was not sent, by what sees it and its key."""

    place: int
    key: str


@dataclass(frozen=True)
class Answer:
    """The value, pickled, with what it shares with others and the worker does not have; or why there is none."""

    value: bytes | None
    error: PackedError | None = None
    shared: Sequence[tuple[int, bytes]] = ()


BEGUN, CLOSE = "begun", "close"


@dataclass(frozen=True)
class Closed:
    """A worker has let go of a run.

    Args:
        is_as_new: Whether it is as good as new, and can make calls of another run.
        told: What was logged when resources were torn down, each with its level.
        output: What was printed then.
    """

    is_as_new: bool
    told: Sequence[tuple[int, str]] = ()
    output: str = ""
