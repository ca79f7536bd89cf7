"""InMemoryIOManager: values that stay in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from notebook_assets.errors import NeverMaterializedError, OutputTypeError, a_kind
from notebook_assets.resources.io_manager import IOManager
from notebook_assets.resources.io_manager_definition import io_manager


class InMemoryIOManager(IOManager):
    """Keeps values as they are, in memory; they are gone when it is.

    What it hands out is the very object that was stored, so that whoever changes it changes it for all.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> memory = InMemoryIOManager()
    >>> _ = materialize([numbers], instance=Instance.ephemeral(), resources={"io_manager": memory}, progress=False)
    >>> memory.values
    {('numbers',): [1, 2, 3]}
    """

    loads_several: ClassVar[bool] = True

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}

    def handle_output(self, context: Any, obj: Any) -> None:
        """Keep a value; of several partitions that one call made, each by itself."""
        if context.partition_keys and not context.has_partition_key:
            for key, part in _parts(obj, context.partition_keys).items():
                self.values[(*context.asset_key.path, key)] = part
        else:
            self.values[tuple(context.get_identifier())] = obj

    def load_input(self, context: Any) -> Any:
        """Return a value; a dict by partition key where several may be asked for.

        Raises:
            NeverMaterializedError: It was never kept.
        """
        path = tuple(context.asset_key.path)
        if context.has_asset_partitions and not context.has_partition_key:
            return {key: self._value((*path, key)) for key in context.asset_partition_keys}
        return self._value(tuple(context.get_identifier()))

    def _value(self, path: tuple[str, ...]) -> Any:
        if path not in self.values:
            raise NeverMaterializedError(f"{'/'.join(path)} is not in memory: it was made elsewhere, or never.")
        return self.values[path]


def _parts(value: Any, keys: Sequence[str]) -> Mapping[str, Any]:
    """Return the values of several partitions: from a dict by key, or a frame whose index has the key as a level."""
    if value is None:
        return dict.fromkeys(keys)
    if isinstance(value, Mapping):
        return {key: value[key] for key in keys if key in value}
    levels = getattr(getattr(value, "index", None), "names", ())
    if "partition" not in levels:
        raise OutputTypeError(
            f"{len(keys)} partitions are kept at once as a dict by partition key, or as a DataFrame with the index "
            f"level 'partition'; got {a_kind(value)}."
        )
    places = value.index.get_level_values("partition")
    bare = value.droplevel("partition") if len(levels) > 1 else value.reset_index(drop=True)
    return {key: bare[places == key] for key in keys}


@io_manager(description="Keeps values in memory, for the length of a run.")
def mem_io_manager(_: Any) -> InMemoryIOManager:
    """Give an :class:`InMemoryIOManager` of the run's own."""
    return InMemoryIOManager()
