"""InMemoryIOManager: values that stay in this process."""

from __future__ import annotations

from typing import Any, ClassVar

from notebook_assets.errors import NeverMaterializedError
from notebook_assets.resources.io_manager import IOManager
from notebook_assets.resources.io_manager_definition import io_manager
from notebook_assets.resources.split_frames import checked_parts


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
        """Keep a value; of several partitions that one call made, each by itself.

        Raises:
            OutputTypeError: They can't be told apart, or some lack.
        """
        if context.partition_keys and not context.has_partition_key:
            for key, part in checked_parts(context, obj, self).items():
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

    def place_of(self, context: Any, partition: str | None) -> tuple[str, ...]:
        """Return the key in :attr:`values` of a piece: two that have one are refused in a run."""
        return (*context.asset_key.path, *(() if partition is None else (partition,)))

    def has_input(self, context: Any) -> bool:
        """Whether a value was kept."""
        return tuple(context.get_identifier()) in self.values

    def _value(self, path: tuple[str, ...]) -> Any:
        if path not in self.values:
            raise NeverMaterializedError(f"{'/'.join(path)} is not in memory: it was made elsewhere, or never.")
        return self.values[path]


@io_manager(description="Keeps values in memory, for the length of a run.")
def mem_io_manager(_: Any) -> InMemoryIOManager:
    """Give an :class:`InMemoryIOManager` of the run's own."""
    return InMemoryIOManager()
