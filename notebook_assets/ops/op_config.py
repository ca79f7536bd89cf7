"""The configuration of one op of a run: found in the run's configuration by its path, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.ops.flat_graph import FlatOp
from notebook_assets.resources.config_types import MISSING, processed

NOT_GIVEN: Any = MISSING


def config_entry(run_config: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return what a run's configuration says of one node: its ``config`` and ``inputs``; empty where it says nothing.

    Args:
        run_config: That of the whole run.
        path: The node's name behind those of the graphs that it is in, with points between.

    Raises:
        InvalidInvocationError: What stands there is no dict.

    >>> config_entry({"ops": {"outer": {"ops": {"inner": {"config": 3}}}}}, "outer.inner")
    {'config': 3}
    """
    at: Any = run_config
    seen = "run_config"
    for name in path.split("."):
        for step in ("ops", name):
            at, seen = at.get(step, {}), f"{seen}[{step!r}]"
            at = {} if at is None else at
            if not isinstance(at, Mapping) and not hasattr(at, "__config_values__"):
                raise InvalidInvocationError(f"{seen} is a dict; got {at!r}.")
    found: Mapping[str, Any] = at
    return found


def op_config_of(flat: FlatOp, run_config: Mapping[str, Any]) -> Any:
    """Return an op's configuration, checked and with defaults.

    Args:
        flat: The op.
        run_config: That of the whole run.

    Raises:
        InvalidConfigError: It does not fit the op's schema.
    """
    entry = config_entry(run_config, flat.path)
    given = entry if hasattr(entry, "__config_values__") else entry.get("config", NOT_GIVEN)
    if flat.op.schema is None:
        return None if given is NOT_GIVEN else given
    place = ".".join(f"ops.{name}" for name in flat.path.split("."))
    return processed(flat.op.schema, given, f"{place}.config")


def configured_input(run_config: Mapping[str, Any], path: str, name: str) -> Any:
    """Return the value that a run's configuration gives for an input that nothing is connected to, or NOT_GIVEN.

    Args:
        run_config: That of the whole run.
        path: The node.
        name: The input.

    >>> configured_input({"ops": {"add": {"inputs": {"a": {"value": 3}}}}}, "add", "a")
    3
    """
    entry = config_entry(run_config, path) if path else run_config
    inputs = entry.get("inputs", {})
    if name not in inputs:
        return NOT_GIVEN
    value = inputs[name]
    return value["value"] if isinstance(value, Mapping) and set(value) == {"value"} else value
