"""Keys that a mapping names: which of them are there or may come to be, and why another never will."""

from __future__ import annotations

from notebook_assets.partitions import MultiPartitionsDefinition, PartitionsDefinition
from notebook_assets.partitions.multi_key import SEPARATOR


def why_never(definition: PartitionsDefinition, key: str) -> str | None:
    """Return why there is no key and never will be as the definition stands, or None if it is there or may come.

    Time brings keys, and people add dynamic ones; neither a store nor the time is asked for.

    >>> from notebook_assets.partitions import DynamicPartitionsDefinition, StaticPartitionsDefinition
    >>> letters, people = StaticPartitionsDefinition(["a", "b"]), DynamicPartitionsDefinition(name="people")
    >>> both = MultiPartitionsDefinition({"letter": letters, "person": people})
    >>> why_never(both, "a|Ada")
    >>> why_never(both, "c|Ada")
    "There is no partition 'c|Ada', on the dimension 'letter': There is no partition 'c'. There are 2: 'a', 'b'."
    """
    if definition.keys_may_be_added:
        return None
    if isinstance(definition, MultiPartitionsDefinition):
        return _why_never_combined(definition, key)
    return definition.why_unknown(key) if definition.find_position(key) is None else None


def _why_never_combined(definition: MultiPartitionsDefinition, key: str) -> str | None:
    if not definition.is_valid_key_format(key):
        return definition.why_unknown(key)
    dimensions = definition.dimensions
    for (name, dimension), part in zip(dimensions.items(), key.split(SEPARATOR), strict=True):
        if not dimension.keys_may_be_added and dimension.find_position(part) is None:
            return f"There is no partition {key!r}, on the dimension {name!r}: {dimension.why_unknown(part)}"
    wanted = definition.filter
    if wanted is None or any(dimension.keys_may_be_added for dimension in dimensions.values()):
        return None
    parts = zip(dimensions.values(), key.split(SEPARATOR), strict=True)
    if definition.find_position(key) is None and all(dimension.has_partition_key(part) for dimension, part in parts):
        return definition.why_unknown(key)  # which the filter leaves out
    return None
