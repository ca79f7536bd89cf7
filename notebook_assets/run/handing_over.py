"""How a value is handed to an IO manager: what that gives back, or yields, is metadata and events."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Protocol

from notebook_assets.assets import AssetMaterialization
from notebook_assets.errors import OutputTypeError, a_kind
from notebook_assets.resources import OutputContext
from notebook_assets.run.late_calls import refuse_late


class Stores(Protocol):
    """What stores values."""

    def handle_output(self, context: Any, obj: Any) -> Any:
        """Store a value."""


def hand_over(manager: Stores, context: OutputContext, value: Any) -> None:
    """Let an IO manager store a value; the context knows afterwards what it told.

    Args:
        manager: The IO manager.
        context: What it is told of the value.
        value: The value.

    Raises:
        KeyboardInterrupt: The run has ended without this call.
        OutputTypeError: It gave back, or yielded, what is neither metadata nor an AssetMaterialization.

    >>> from notebook_assets import build_output_context
    >>> class Counts:
    ...     def handle_output(self, context, obj):
    ...         return {"rows": len(obj)}
    >>> context = build_output_context(asset_key="daily")
    >>> hand_over(Counts(), context, [1, 2])
    >>> context.get_logged_metadata()["rows"].value
    2
    """
    refuse_late()
    returned = manager.handle_output(context, value)
    if returned is None:
        return
    for thing in returned if inspect.isgenerator(returned) else (returned,):
        if isinstance(thing, AssetMaterialization):
            context.log_event(thing)
        elif isinstance(thing, Mapping):
            context.add_output_metadata(thing)
        elif thing is not None and thing != []:
            raise OutputTypeError(
                f"{type(manager).__name__}.handle_output gave back {a_kind(thing)}; it gives back nothing, "
                "metadata (a dict) or an AssetMaterialization, or yields these."
            )
