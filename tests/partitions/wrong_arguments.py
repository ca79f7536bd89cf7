"""Values of all kinds, most of them wrong for any one argument, and what a call with each of them raises."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from notebook_assets.errors import NotebookAssetsError
from notebook_assets.partitions import PartitionKeyRange, StaticPartitionsDefinition, TimeWindow

NOW = datetime(2013, 3, 1, tzinfo=UTC)
LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
VALUES: list[Any] = [
    None, 5, -1, 1.5, math.nan, math.inf, 10**30, -(10**30), True, "x", "", b"x", [], [1], ["x"], [[]], {}, {"a": 1},
    object(), NOW, datetime(1, 1, 1), datetime(2040, 12, 31, tzinfo=UTC), date(2013, 1, 5), timedelta(1), ("a", "b"),
    (1, 2), (NOW,), ("2013-01-05", "x"), LETTERS, LETTERS.subset_of_span(0, 1), TimeWindow(NOW, "x"),
    TimeWindow(None, None), TimeWindow(NOW, datetime(1, 1, 1)), PartitionKeyRange(1, 2), PartitionKeyRange([], {}), int,
]  # fmt: skip


def raw_errors(call: Callable[..., Any], right: Mapping[str, Any], names: list[str]) -> list[tuple[Any, ...]]:
    """Call with each value for each of some arguments, the others right; return what raised no error of the package."""
    found = []
    for name in names:
        for value in VALUES:
            try:
                call(**(dict(right) | {name: value}))
            except NotebookAssetsError:
                pass
            except Exception as error:
                found.append((getattr(call, "__qualname__", call), name, value, error))
    return found


def arguments_of(call: Callable[..., Any], right: Mapping[str, Any]) -> dict[str, Any] | None:
    """The right values of those arguments that a call takes; ``None`` where one that it needs is not among them."""
    found = {}
    for parameter in inspect.signature(call).parameters.values():
        if parameter.name in right:
            found[parameter.name] = right[parameter.name]
        elif parameter.default is parameter.empty:
            return None
    return found
