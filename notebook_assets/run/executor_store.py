"""The store as a worker has it: what it can't read or pickle alone is done with the help of the notebook's process."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import BrokenValueError, UnsupportedValueError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run.executor_messages import Ask
from notebook_assets.store import EncodedValue, Instance
from notebook_assets.store.written_keys import partition_meant

if TYPE_CHECKING:
    import cloudpickle
else:
    cloudpickle = lazy_module("cloudpickle")


_AT_HOME: list[str] = []
"""What was put into the module of the notebook's name."""


class WorkerInstance(Instance):
    """The store, as a worker has it: what can't be read or pickled here is so with the other process's help."""

    ask: Any = None

    def load(
        self,
        key: CoercibleToAssetKey,
        partition: str | date | Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
    ) -> Any:
        """Return the latest value of a piece; a class that only the notebook knows comes from there."""
        try:
            return super().load(key, partition, version=version)
        except BrokenValueError as error:
            if version is not None or not isinstance(error.__cause__, AttributeError | ImportError):
                raise
        wanted = AssetKey.from_coercible(key)
        meant = partition_meant(partition, lambda: self.partitions_definition(wanted), wanted.to_user_string())
        return self.ask(Ask(wanted, meant, by_manager=False))

    def encode(self, value: Any, where: str) -> EncodedValue:
        """Return a value as bytes; classes of the notebook are made known first where they are not."""
        try:
            return super().encode(value, where)
        except UnsupportedValueError:
            if not make_at_home(value):
                raise
        return super().encode(value, where)


@cache
def _finder() -> type[Any]:
    """Return the class of what finds the classes and functions of the notebook in a value."""

    class Finder(cloudpickle.Pickler):  # type: ignore[misc]
        """Puts what it meets of the notebook's into the module of that name here."""

        found = False

        def reducer_override(self, obj: Any) -> Any:
            main = sys.modules["__main__"]
            name = getattr(obj, "__qualname__", "")
            if getattr(obj, "__module__", None) == "__main__" and name.isidentifier() and not hasattr(main, name):
                setattr(main, name, obj)
                _AT_HOME.append(name)
                self.found = True
            return super().reducer_override(obj)

    return Finder


def make_at_home(value: Any) -> bool:
    """Make the classes of the notebook in a value known by name in this process; return whether there were any.

    >>> make_at_home([1, 2])
    False
    """
    finder = _finder()(io.BytesIO(), protocol=5)
    with suppress(Exception):
        finder.dump(value)
    return bool(finder.found)


def forget_home() -> None:
    """Take back what :func:`make_at_home` made known: another run may mean other classes by the same names.

    >>> forget_home()
    """
    main = sys.modules["__main__"]
    while _AT_HOME:
        vars(main).pop(_AT_HOME.pop(), None)
