"""What another process needs to make the calls of a run: kits, in which what many calls share comes once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notebook_assets.assets import AssetNode, Dependency, RetryPolicy
from notebook_assets.run.run_config import CheckedConfig

INSTANCE = "instance"
"""Stands for the store of the run, of which each process opens its own."""


@dataclass(frozen=True, repr=False)
class Around:
    """What is around a process: where it is, where it finds modules, its environment, and how much it logs."""

    folder: str
    path: Sequence[str]
    environment: Mapping[str, str]
    log_level: int


@dataclass(frozen=True)
class RunKit:
    """What all calls of a run share."""

    folder: str
    run_id: str
    run: Any
    tags: Mapping[str, str]
    config: CheckedConfig
    resource_config: Mapping[str, Any]
    retry_policy: RetryPolicy | None
    around: Around


@dataclass(frozen=True)
class PortedNode(AssetNode):
    """An asset that is only read: without the function that makes it."""

    kept_by: str | None = None

    @property
    def io_manager_key(self) -> str | None:
        """The resource that loads its values."""
        return self.kept_by

    @property
    def resource_defs(self) -> Mapping[str, object]:
        """Nothing: what it sees comes beside it."""
        return {}


@dataclass(frozen=True)
class Things:
    """The resources that something sees.

    Args:
        place: What to ask for others by.
        held: The numbers of those that it needs, by key.
        others: The keys of those that it did not say to need: they may be secret, and are sent when they are asked for.
    """

    place: int
    held: Mapping[str, int]
    others: Sequence[str]


@dataclass(frozen=True)
class SourceKit:
    """What one input needs."""

    dependency: Dependency
    upstream: PortedNode
    things: Things
    config: Any
    upstream_config: Any
    shared_by: int
    """How many positions it has, where several calls take the value of one; else 0."""


@dataclass(frozen=True)
class PartKit:
    """What the calls of one asset need."""

    node: AssetNode
    sources: Mapping[str, SourceKit]
    may_be_none: Sequence[str]
    things: Things

    def seen(self) -> set[int]:
        """Return the numbers of all that is seen."""
        things = [self.things, *(source.things for source in self.sources.values())]
        return {number for each in things for number in each.held.values()}


@dataclass(frozen=True)
class Kit:
    """What the calls of one function need: their class, and its parts."""

    kind: type[Any]
    parts: Sequence[PartKit]


@dataclass(frozen=True)
class Parcel:
    """Something pickled, and the numbers of what it shares with others."""

    data: bytes
    shared: frozenset[int]
