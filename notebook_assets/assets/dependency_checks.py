"""Whether a dependency can serve the two definitions that it connects: its mapping, and how much it waits for."""

from __future__ import annotations

from notebook_assets.assets.dependencies import Dependency
from notebook_assets.errors import InvalidDefinitionError, InvalidMappingError
from notebook_assets.mappings import PartitionMapping, default_mapping
from notebook_assets.partitions import (
    PartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)

MOST_ASKED = 1_000
"""A custom mapping is asked for all keys when it is defined, if neither side has more than so many."""


def check_dependency(
    dependency: Dependency, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition | None
) -> None:
    """Raise InvalidDefinitionError if a dependency can't serve two definitions.

    A custom mapping of definitions of moderate size is asked for all its keys: what its functions raise, give that is
    no key, or say differently in the two directions is known when the asset is defined.

    >>> from notebook_assets.keys import AssetKey
    >>> check_dependency(Dependency(AssetKey("raw"), wait_for="any"), None, StaticPartitionsDefinition(["a"]))
    """
    mapping = dependency.mapping or default_mapping(downstream, upstream)
    is_custom = mapping.is_custom
    if upstream is not None and (downstream is not None or is_custom):
        mapping.validate_partition_mapping(upstream, downstream)
        if is_custom and _is_small(downstream) and _is_small(upstream):
            _ask_all(mapping, downstream, upstream)
    number = dependency.wait_for
    if isinstance(number, int) and number > 1 and (upstream is None or _feeds_one(mapping, downstream, upstream)):
        what = "has no partitions" if upstream is None else "gives one partition at most"
        raise InvalidMappingError(f"wait_for={number} asks for several partitions, but {dependency.key} {what} here.")


def _ask_all(
    mapping: PartitionMapping, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition
) -> None:
    try:
        mapping.links(downstream, upstream)
        mapping.feeds_one(downstream, upstream)
    except InvalidDefinitionError:
        raise
    except Exception as error:  # a user's function may raise anything
        raise function_error(error) from error


def function_error(error: Exception) -> InvalidMappingError:
    """Return the error that tells of what a custom mapping's function raised, with the notes that it bears.

    >>> function_error(ValueError("no such day"))
    InvalidMappingError("The mapping's function raised ValueError: no such day.")
    """
    said = f"The mapping's function raised {type(error).__name__}: {error}."
    return InvalidMappingError(" ".join([said, *getattr(error, "__notes__", ())]))


def _feeds_one(
    mapping: PartitionMapping, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition
) -> bool:
    """Whether a mapping gives one key at most, as far as that is known before any key is."""
    is_known = not mapping.is_custom or mapping.one is not None or (_is_small(downstream) and _is_small(upstream))
    return is_known and mapping.feeds_one(downstream, upstream)


def _is_small(definition: PartitionsDefinition | None) -> bool:
    """Whether a definition's keys are known without a store, and are few."""
    fixed = StaticPartitionsDefinition | TimeWindowPartitionsDefinition
    dimensions = getattr(definition, "dimensions", None)
    parts = list(dimensions.values()) if dimensions else [definition]
    return all(part is None or isinstance(part, fixed) for part in parts) and (
        definition is None or definition.get_num_partitions() <= MOST_ASKED
    )


def mapping_cure(
    dependency: Dependency, downstream: PartitionsDefinition | None = None, upstream: PartitionsDefinition | None = None
) -> str:
    """Return what to write so that two definitions fit; a custom mapping is put right by its author.

    >>> from notebook_assets.keys import AssetKey
    >>> mapping_cure(Dependency(AssetKey("raw"), "raw"))
    'For example: ins={"raw": AssetIn(partition_mapping=AllPartitionMapping())}.'
    """
    if dependency.mapping is not None and dependency.mapping.is_custom:
        return ""
    zones = {getattr(definition, "timezone", None) for definition in (downstream, upstream)} - {None}
    if len(zones) > 1:
        return (
            f'Give both the same timezone=, such as "{getattr(downstream, "timezone", None)}"; or say by '
            "PartitionMapping.from_function(...) which windows go together: its function of a key and a context finds "
            "them by context.downstream_window(key)."
        )
    if dependency.input_name is None:
        return f'For example: deps=[AssetDep("{dependency.key}", partition_mapping=AllPartitionMapping())].'
    return f'For example: ins={{"{dependency.input_name}": AssetIn(partition_mapping=AllPartitionMapping())}}.'
