"""Asked: what a call of materialize asks for, with the definitions as they are at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from notebook_assets.assets import AssetGraph, is_checks
from notebook_assets.definitions import Definitions
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionKeyRange
from notebook_assets.run import RunRequest
from notebook_assets.run.executor_choice import check_order
from notebook_assets.run.observing_sources import ObserveRequest
from notebook_assets.run.range_groups import range_in_tags
from notebook_assets.store import Instance


@dataclass(frozen=True)
class How:
    """How a run is carried out: who makes the pieces, how many at once, how long each may take, which come first.

    Raises:
        InvalidInvocationError: There is no such order.

    >>> How(order="newest").executor is None
    True
    """

    executor: object = None
    max_workers: int | None = None
    timeout: float | None = None
    order: str = "oldest"

    def __post_init__(self) -> None:
        check_order(self.order)


@dataclass(frozen=True)
class Asked:
    """What is asked for, whatever is to be done with it: over which assets, and with what.

    ``one_key`` is the one partition that is named, as it was written; None where none or several are.
    """

    definitions: Definitions
    graph: AssetGraph
    instance: Instance
    notebook: str | None
    listed: Sequence[Any]
    resources: Mapping[str, object] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    run_config: Any = None
    one_key: Any = None
    partitions: Any = None
    selection: object = None
    only: str | None = None
    upstream: bool = False
    how: How = How()
    parent: str | None = None
    """The run that this one goes on with."""

    def observation(self, sources: Sequence[AssetKey]) -> ObserveRequest:
        """Return the same as the observation of sources.

        Args:
            sources: The sources.
        """
        partition = None if self.one_key is None else str(self.one_key)
        return ObserveRequest(self.graph, sources, self.instance, self.resources, partition, self.tags, self.run_config)

    def request(self, **more: Any) -> RunRequest:
        """Return the same as what a run is begun with.

        Args:
            more: What else the run is to know.
        """
        return RunRequest(
            graph=self.graph,
            instance=self.instance,
            resources=self.resources,
            tags=self.tags,
            run_config=self.run_config,
            only=self.only or "",
            executor=self.how.executor,
            max_workers=self.how.max_workers,
            timeout=self.how.timeout,
            order=self.how.order,
            parent=self.parent,
            **more,
        )


def as_list(assets: object) -> list[Any]:
    """Return what a call names as a list, also where it is one thing.

    >>> as_list("daily"), as_list(("a", "b"))
    (['daily'], ['a', 'b'])
    """
    return [assets] if isinstance(assets, str | AssetKey) or not isinstance(assets, Iterable) else list(assets)


def is_definition(thing: object) -> bool:
    """Whether something defines assets, and does not only name them.

    >>> is_definition("daily")
    False
    """
    return hasattr(thing, "specs") or hasattr(thing, "spec") or hasattr(thing, "asset_key")


def defines(thing: object) -> bool:
    """Whether something defines assets or checks.

    >>> defines("daily")
    False
    """
    return is_definition(thing) or is_checks(thing)


def wanted_partitions(partition_key: Any, partitions: Any, tags: Mapping[str, str]) -> Any:
    """Return the partitions that a call names, by the one argument or the other, or by the tags of a range.

    Args:
        partition_key: The one partition.
        partitions: The partitions, where it is not one.
        tags: The tags of the run.

    Raises:
        InvalidInvocationError: Several are given, ``partition_key`` is no key, or the tags name one end of a range.

    >>> wanted_partitions("2013-01-01", None, {})
    ['2013-01-01']
    """
    ends = range_in_tags(tags)
    if ends is not None:
        if partition_key is not None or partitions is not None:
            raise InvalidInvocationError(
                f"The tags name the range of partitions {ends[0]}...{ends[1]} already; leave out "
                f"{'partitions=' if partition_key is None else 'partition_key='}."
            )
        return [PartitionKeyRange(*ends)]
    if partition_key is None:
        return partitions
    if partitions is not None:
        raise InvalidInvocationError(
            f"materialize takes partition_key or partitions, not both; got {partition_key!r} and {partitions!r}."
        )
    if not isinstance(partition_key, str | date | Mapping):
        raise InvalidInvocationError(f"partition_key is a string; got {partition_key!r}. Use partitions= for several.")
    return [partition_key]
