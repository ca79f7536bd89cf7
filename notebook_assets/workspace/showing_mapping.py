"""show_mapping: which partitions of an asset need which of its upstream, drawn."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from notebook_assets.definitions import Definitions
from notebook_assets.display import Rich, stack
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, PartitionMapping
from notebook_assets.partitions import PartitionsDefinition, TimeWindowPartitionsDefinition
from notebook_assets.store import Instance
from notebook_assets.workspace.mapping_links import Asked, LinkedPartitions, LinkedSide, linked_partitions
from notebook_assets.workspace.plain_errors import plain_errors

if TYPE_CHECKING:
    import numpy as np

    from notebook_assets import pictures
    from notebook_assets.pictures import MappingData, MappingSide, mapping_data
    from notebook_assets.pictures.mapping_data import Span
else:
    np = lazy_module("numpy")
    pictures = lazy_module("notebook_assets.pictures")
    mapping_data = lazy_module("notebook_assets.pictures.mapping_data")

_NOUNS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}


@plain_errors
def show_mapping(
    downstream: object,
    upstream: object = None,
    *,
    keys: Any = None,
    upstream_keys: Any = None,
    mapping: PartitionMapping | None = None,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> Rich:
    """Return the picture of which partitions of an asset need which of its upstream; or of two definitions.

    A few keys stand beside each other with curves between them; thousands lie along two axes with bands between them,
    which are axes of time where both sides have time windows; keys that go to and fro are drawn as a matrix.

    Args:
        downstream: The asset that needs the others, or its key; or a partitions definition.
        upstream: One asset that it needs, by default all of them; or a partitions definition. Of two definitions one
            may be None, for an asset without partitions.
        keys: Downstream partitions to look at, as ``partitions=`` of materialize names them; by default all.
        upstream_keys: Upstream partitions to look at: what needs them?
        mapping: Between two definitions, which partitions need which; by default what the default rules say.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        InvalidInvocationError: An asset and a definition were given, or the asset needs no other.
        InvalidMappingError: The mapping can't serve the two definitions.
        UnknownAssetError: There is no such asset, or it does not need that one.
        UnknownPartitionError: There is no such partition.

    >>> from notebook_assets import Definitions, Instance, StaticPartitionsDefinition, asset, materialize
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> @asset(partitions_def=airports)
    ... def flights(context):
    ...     return context.partition_key
    >>> @asset(partitions_def=airports)
    ... def delays(flights):
    ...     return len(flights)
    >>> show_mapping(delays, keys=["EWR"], instance=Instance.ephemeral(), definitions=Definitions([flights, delays]))
    delays ← flights  ·  1 of 2 keys needs 1 of 2 keys
    Each downstream partition needs the upstream partition of the same key.
    <BLANKLINE>
    · EWR  ←  · EWR
    """
    found = linked_partitions(downstream, upstream, Asked(keys, upstream_keys, mapping), instance, definitions)
    drawn = [pictures.draw_mapping(picture_data(linked)) for linked in found]
    return drawn[0] if len(drawn) == 1 else stack(drawn)


def picture_data(linked: LinkedPartitions) -> MappingData:
    """Return what the picture of a mapping is made from."""
    nonexistent = {row: keys for row, keys in linked.links.nonexistent.items() if keys}
    return pictures.MappingData(
        upstream=_side(linked.upstream),
        downstream=_side(linked.downstream),
        rows=linked.rows.tolist(),
        spans=_all_spans(linked.links),
        nonexistent=nonexistent,
        description=_described(linked.mapping, linked.wait_for),
        asked="upstream" if linked.by_upstream else "downstream",
        lost_windows=_lost_windows(linked.upstream.definition, nonexistent.values()),
    )


def _all_spans(links: Links) -> list[list[Span]]:
    offsets = links.offsets.tolist()
    pairs = list(zip(links.starts.tolist(), links.stops.tolist(), strict=True))
    return [pairs[first:last] for first, last in pairwise(offsets)]


def _described(mapping: PartitionMapping, wait_for: str | int) -> str:
    """The mapping in a sentence, a custom one's label before it where that says more, and how much must be there."""
    words, label = mapping.description, mapping.label
    telling = [word for word in label.casefold().split() if len(word) > 3 and word not in words.casefold()]
    known = not mapping.is_custom or not telling
    said = words if known else f"{label}: {words}"
    return f"{said} {wait_words(wait_for)}".strip()


def wait_words(wait_for: str | int) -> str:
    """Say how much of what is needed must be there; nothing where it is all, as usual.

    >>> wait_words("any"), wait_words(3), wait_words("all")
    ('Any one of them is enough.', 'At least 3 of them must be there.', '')
    """
    if wait_for == "any" or wait_for == 1:
        return "Any one of them is enough."
    if isinstance(wait_for, int):
        return f"At least {wait_for} of them must be there." if wait_for > 0 else "It does with those that are there."
    return ""


def _side(side: LinkedSide) -> MappingSide:
    definition = side.definition
    noun = _NOUNS.get(definition.label, "key") if definition is not None else "key"
    windows = None
    if isinstance(definition, TimeWindowPartitionsDefinition):
        starts, ends = definition.bounds(np.arange(len(side.keys), dtype=np.int64))
        windows = mapping_data.Windows(starts, ends, definition.timezone)
    return pictures.MappingSide(side.name, side.keys, side.states, noun, windows)


def _lost_windows(definition: PartitionsDefinition | None, nonexistent: Iterable[Iterable[str]]) -> dict[str, Span]:
    """When keys that do not exist would begin and end, where the definition's clock tells."""
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        return {}
    found = {}
    for key in dict.fromkeys(chain.from_iterable(nonexistent)):
        try:
            window = definition.time_window_for_partition_key(key)
        except NotebookAssetsError:
            continue
        found[key] = (int(window.start.timestamp()), int(window.end.timestamp()))
    return found
