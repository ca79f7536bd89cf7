"""What a run's configuration gives for inputs that nothing is connected to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.resources.config_types import MISSING

NOT_GIVEN: Any = MISSING


def configured_input(inputs: Mapping[str, Any], name: str) -> Any:
    """Return the value that a run's configuration gives for an input, or NOT_GIVEN.

    Args:
        inputs: What it says of the inputs of one op, or of the outermost graph.
        name: The input.

    >>> configured_input({"a": {"value": 3}}, "a"), configured_input({"a": 3}, "a")
    (3, 3)
    """
    if name not in inputs:
        return NOT_GIVEN
    value = inputs[name]
    return value["value"] if isinstance(value, Mapping) and set(value) == {"value"} else value
