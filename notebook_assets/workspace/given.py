"""What public functions are given beside what they are about, such as a store or tags: refused if of a wrong kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.definitions import Definitions
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.store import Instance

_KINDS: Mapping[str, tuple[Any, str, str]] = {
    "instance": (Instance, "a store", 'Instance("folder")'),
    "definitions": (Definitions, "Definitions", "Definitions([daily])"),
    "resources": (Mapping, "a dict", '{"database": connection}'),
    "tags": (Mapping, "a dict", '{"team": "sales"}'),
}


def check_given(given: Mapping[str, Any]) -> None:
    """Raise InvalidInvocationError where an argument of a public function is of the wrong kind.

    Args:
        given: Arguments by name; others than those that many functions have are passed over.

    >>> check_given({"tags": {"team": "sales"}, "instance": None})
    """
    for name, (kind, what, example) in _KINDS.items():
        value = given.get(name)
        is_one = isinstance(value, kind) or (name == "definitions" and hasattr(value, "graph"))  # a repository has one
        if value is not None and not is_one:
            raise InvalidInvocationError(
                f"{name} is {what}, such as {example}; got {value!r} ({type(value).__name__})."
            )
    odd = next((key for key in given.get("resources") or () if not isinstance(key, str)), None)
    if odd is not None:
        raise InvalidInvocationError(f"resources maps texts to objects; got the key {odd!r}.")
