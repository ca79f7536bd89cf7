"""What was observed of a source: the data version that each of its pieces was last seen with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from notebook_assets.assets import AssetNode
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.store.observations_table import ObservedColumns

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@runtime_checkable
class ObservationSource(Protocol):
    """What observations are read from; the store's Instance is one."""

    def observed_columns(self, key: AssetKey) -> ObservedColumns:
        """Return the latest data version that was seen of each piece of an asset."""


@dataclass(frozen=True, eq=False)
class Observed:
    """The events and data versions of a source's pieces by position, observations counted with what was made.

    ``event_ids`` are 0, and ``data_versions`` None, where nothing was ever seen or made. ``times`` say when each was
    last seen, in seconds since 1970; 0 where it was not.
    """

    event_ids: np.ndarray
    data_versions: list[str | None]
    times: np.ndarray


def observed(
    node: AssetNode,
    keys: Sequence[str | None],
    event_ids: np.ndarray,
    data_versions: Sequence[str | None],
    source: object,
) -> Observed | None:
    """Return what was observed of a source; None of other assets, and where nothing was.

    Args:
        node: The asset.
        keys: Its partition keys by position.
        event_ids: The latest materialization of each piece, 0 for none: other notebooks may have made it.
        data_versions: Its data version.
        source: The store.
    """
    if not node.is_source or not isinstance(source, ObservationSource):
        return None
    columns = source.observed_columns(node.key)
    if not len(columns):
        return None
    place = {key: position for position, key in enumerate(keys)}
    events, versions, times = event_ids.copy(), list(data_versions), np.zeros(len(keys))
    for key, event, version, moment in zip(
        columns.partitions, columns.event_ids, columns.data_versions, columns.times, strict=True
    ):
        position = place.get(key, -1)
        if position >= 0 and event > events[position]:
            events[position], versions[position], times[position] = event, version, moment
    return Observed(events, versions, times)
