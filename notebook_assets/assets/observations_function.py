"""ObserveFunction: the function that looks at sources which are made elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notebook_assets.assets.checks import AssetCheckSpec
from notebook_assets.assets.decorated import check_function
from notebook_assets.assets.signature import Signature, read_signature
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey


@dataclass(frozen=True, eq=False)
class ObserveFunction:
    """A function that observes one source or several, and what it needs."""

    fn: Callable[..., Any]
    signature: Signature
    keys: tuple[AssetKey, ...]
    name: str = ""
    """What a run's configuration calls it."""
    required_resource_keys: frozenset[str] = frozenset()
    can_subset: bool = False
    """Whether it can observe some of several sources without the others."""
    check_specs: tuple[AssetCheckSpec, ...] = ()
    """The checks that it carries out itself."""


def observe_function(
    fn: Callable[..., Any] | ObserveFunction | None,
    *keys: AssetKey,
    name: str = "",
    required_resource_keys: frozenset[str] = frozenset(),
    can_subset: bool = False,
    check_specs: tuple[AssetCheckSpec, ...] = (),
) -> ObserveFunction | None:
    """Return what observes sources; None where nothing does.

    Args:
        fn: The function; it takes nothing, or the context.
        keys: The sources.
        name: What a run's configuration calls it; by default as the first source.
        required_resource_keys: Resources that it uses by ``context.resources``.
        can_subset: Whether it can observe some of them without the others.
        check_specs: The checks that it carries out itself.

    Raises:
        InvalidDefinitionError: It is no function, or takes something else.

    >>> observe_function(None) is None
    True
    """
    if fn is None or isinstance(fn, ObserveFunction):
        return fn
    check_function(fn, "observe_fn")
    signature = read_signature(fn)
    if signature.inputs:
        raise InvalidDefinitionError(
            f"The observation function of {', '.join(map(str, keys))} takes {signature.inputs[0]!r}; it can take the "
            "context only, and config and resources by their annotations."
        )
    needed = required_resource_keys | frozenset(signature.resources)
    own = name or keys[0].to_python_identifier()
    return ObserveFunction(fn, signature, keys, own, needed, can_subset, check_specs)
