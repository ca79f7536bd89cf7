"""From a function's parameters, ``ins`` and ``deps`` to the dependencies of what it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from notebook_assets.assets.dependencies import AssetDep, AssetIn, Dependency, each_dep
from notebook_assets.assets.deprecated_names import warn_deprecated
from notebook_assets.assets.signature import Signature
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import PartitionMapping, WaitFor
from notebook_assets.mappings.wait_policy import checked_wait_for


def dependencies_of(
    where: AssetKey | str, signature: Signature, ins: Mapping[str, AssetIn] | None, deps: Iterable[Any] | None
) -> tuple[Dependency, ...]:
    """Return what a function is made from: its inputs in order, and then what ``deps`` names beside them.

    Args:
        where: What is being defined, for errors.
        signature: The function's.
        ins: More about inputs, by parameter name.
        deps: What hands no value to the function.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> from notebook_assets.assets.signature import read_signature
    >>> [each.key for each in dependencies_of("b", read_signature(lambda a: a), None, ["c"])]
    [AssetKey(['a']), AssetKey(['c'])]
    """
    ins = {} if ins is None else ins
    if not isinstance(ins, Mapping):
        raise InvalidDefinitionError(f"{where}: ins maps parameter names to AssetIn; got {ins!r}.")
    only_before = {name: given for name, given in ins.items() if is_nothing(getattr(given, "dagster_type", None))}
    handed = next((name for name in only_before if name in signature.inputs), None)
    if handed is not None:
        raise InvalidDefinitionError(
            f"{where}: the input {handed!r} is of type Nothing, so that no value is handed over; remove the parameter."
        )
    more = [name for name in ins if name not in signature.inputs and name not in only_before]
    if more and not signature.takes_any_input:
        raise InvalidDefinitionError(
            f"{where}: ins names {more[0]!r}, which is no parameter of the function; it has "
            f"{list(signature.inputs)}.{did_you_mean(more[0], signature.inputs)}"
        )
    if isinstance(deps, str | bytes) or not isinstance(deps, Iterable | None):
        raise InvalidDefinitionError(f"{where}: deps is a list; got {deps!r}. Write deps=[{deps!r}].")
    inputs = [_input(where, name, ins.get(name), signature) for name in (*signature.inputs, *more)]
    waits = [replace(_input(where, name, given, signature), input_name=None) for name, given in only_before.items()]
    return without_repeats(where, [*inputs, *waits, *(order_of(where, dep) for dep in each_dep(deps or ()))])


def order_of(where: AssetKey | str, dep: Any) -> Dependency:
    """Return the dependency of an entry of ``deps``: it hands no value to the function.

    >>> order_of("b", "a").key
    AssetKey(['a'])
    """
    asset_dep = AssetDep.from_coercible(dep)
    wait_for = asset_dep.waits_for
    if wait_for != "all":
        wait_for = checked_wait_for(wait_for, f"{where}: its dependency on {asset_dep.asset_key}")
    return Dependency(
        asset_dep.asset_key,
        mapping=asset_dep.partition_mapping,
        wait_for=wait_for,
        metadata=asset_dep.metadata or {},
    )


def with_non_argument_deps(deps: Iterable[Any] | None, non_argument_deps: Iterable[Any] | None) -> Iterable[Any] | None:
    """Return ``deps``, or what was given by the name that they had before; which works, and warns.

    Raises:
        InvalidDefinitionError: Both are given.

    >>> with_non_argument_deps(["a"], None)
    ['a']
    """
    if non_argument_deps is None:
        return deps
    if deps is not None:
        raise InvalidDefinitionError("deps and non_argument_deps are one and the same; give deps only.")
    warn_deprecated("non_argument_deps is called deps now; write deps=[...].")
    is_listed = not isinstance(non_argument_deps, str) and isinstance(non_argument_deps, Iterable)
    return sorted(non_argument_deps, key=str) if is_listed else non_argument_deps


def without_repeats(where: AssetKey | str, found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """Leave out entries of ``deps`` that were named before; an asset is needed by one mapping only.

    Raises:
        InvalidDefinitionError: One asset is named twice, with different mappings or different ``wait_for``.

    >>> len(without_repeats("b", [Dependency(AssetKey("a")), Dependency(AssetKey("a"))]))
    1
    """
    kept: list[Dependency] = []
    mappings: dict[AssetKey, PartitionMapping | None] = {}
    waits: dict[AssetKey, WaitFor] = {}
    for dependency in found:
        is_order = dependency.input_name is None and dependency.wait_for != "all"
        if is_order and waits.get(dependency.key, dependency.wait_for) != dependency.wait_for:
            raise InvalidDefinitionError(
                f"{where}: it names {dependency.key} twice, with wait_for={waits[dependency.key]!r} and "
                f"wait_for={dependency.wait_for!r}. Name it once."
            )
        waits.setdefault(dependency.key, dependency.wait_for)
        if dependency.key not in mappings:
            mappings[dependency.key] = dependency.mapping
        elif dependency.input_name is None and dependency.mapping is None:
            continue
        elif dependency.mapping != mappings[dependency.key]:
            raise InvalidDefinitionError(
                f"{where}: it names {dependency.key} twice with different partition mappings. Name it once, with "
                "a mapping that covers all that is needed."
            )
        elif dependency.input_name is None:
            continue
        kept.append(dependency)
    return tuple(kept)


def _input(where: AssetKey | str, name: str, given: AssetIn | None, signature: Signature) -> Dependency:
    if given is not None and not isinstance(given, AssetIn):
        raise InvalidDefinitionError(
            f"{where}: ins[{name!r}] is an AssetIn; got {type(given).__name__}. Write AssetIn({given!r})."
        )
    asset_in = given or AssetIn()
    return Dependency(
        asset_in.key_for(name),
        input_name=name,
        mapping=asset_in.partition_mapping,
        wait_for=checked_wait_for(asset_in.waits_for, f"{where}: its input {name!r}"),
        metadata=asset_in.metadata or {},
        input_manager_key=asset_in.input_manager_key,
        wants_frame=name in signature.frames,
        type=asset_in.dagster_type,
    )
