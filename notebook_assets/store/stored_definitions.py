"""Partitions definitions from the store's descriptions, and the error where one can't be read."""

from __future__ import annotations

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions import PartitionsDefinition, partitions_definition_from_dict
from notebook_assets.store.records import AssetDescription


def stored_definition(description: AssetDescription) -> PartitionsDefinition | None:
    """Return the partitions definition that an asset was described with, ``None`` where it has none.

    Raises:
        InvalidDefinitionError: It is of a kind that is defined elsewhere, or the row is damaged.

    >>> from notebook_assets.keys import AssetKey
    >>> stored_definition(AssetDescription(AssetKey("daily"))) is None
    True
    """
    if description.partitions is None:
        return None
    try:
        return partitions_definition_from_dict(dict(description.partitions))
    except Exception as error:  # a definition's own class may raise anything
        name = description.key.to_user_string()
        where = f" It was last defined in {description.notebook}." if description.notebook else ""
        raise InvalidDefinitionError(
            f"The partitions of {name} can't be read from the store: {error} "
            f"Run the cell that defines {name}, then they are known; one partition loads without them, by "
            f"instance.load({name!r}, partition).{where}"
        ) from error
