"""AssetObservations that functions report, and how the store takes them."""

from __future__ import annotations

from notebook_assets.assets import AssetObservation
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance, Seen


def record_observation(instance: Instance, event: AssetObservation, run_id: str | None = None) -> int:
    """Keep an observation that somebody reports; return the event's id.

    Args:
        instance: The store.
        event: What was seen.
        run_id: The run in which it was reported; None outside of runs.

    >>> with Instance.ephemeral() as instance:
    ...     _ = record_observation(instance, AssetObservation("file", tags={"notebook_assets/data_version": "v1"}))
    ...     instance.observations("file")[0].data_version
    'v1'
    """
    seen = Seen(event.partition, event.data_version, event.description, event.values, event.tags or {})
    return instance.record_observations(AssetKey.from_coercible(event.asset_key), [seen], run_id=run_id)[0]
