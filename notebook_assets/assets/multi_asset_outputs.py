"""What a @multi_asset makes and what each of it is made from, out of ``outs`` or ``specs``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from notebook_assets.assets.asset_out import AssetOut
from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.dependencies import AssetDep, Dependency
from notebook_assets.assets.wiring import order_of, without_repeats
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionsDefinition


@dataclass(frozen=True)
class Outputs:
    """The assets of a @multi_asset, the names of its outputs, and what the function and each asset is made from."""

    specs: tuple[AssetSpec, ...]
    names: Mapping[str, AssetKey]
    dependencies: tuple[Dependency, ...]
    dependencies_by_key: Mapping[AssetKey, tuple[Dependency, ...]]
    io_manager_keys: Mapping[AssetKey, str] = field(default_factory=dict)
    types: Mapping[str, Any] = field(default_factory=dict)


def outputs_of_outs(
    label: str,
    outs: Mapping[str, AssetOut],
    whole: tuple[Dependency, ...],
    internal: Mapping[str, AbstractSet[AssetKey]] | None,
    description: str | None,
    partitions_def: PartitionsDefinition | None,
) -> Outputs:
    """Return what is made by named outputs.

    Args:
        label: What the definition is called, for errors.
        outs: The outputs.
        whole: What the function is made from.
        internal: What each output is made from; by default, all that the function is made from.
        description: The function's.
        partitions_def: The partitions of all.

    Raises:
        InvalidDefinitionError: Two have one key, or ``internal`` names what is neither an input nor an output.

    >>> made = outputs_of_outs("both", {"a": AssetOut(), "b": AssetOut()}, (), None, None, None)
    >>> list(made.names)
    ['a', 'b']
    """
    names = {name: out.key_for(name) for name, out in outs.items()}
    _check_distinct(label, names.values())
    by_key = (
        dict.fromkeys(names.values(), whole)
        if internal is None
        else _by_internal_deps(label, names, whole, {name: _keys(label, internal[name]) for name in internal})
    )
    return Outputs(
        specs=tuple(
            out.spec_for(name, [AssetDep(each.key) for each in by_key[names[name]]], description, partitions_def)
            for name, out in outs.items()
        ),
        names=names,
        dependencies=whole,
        dependencies_by_key=by_key,
        io_manager_keys={names[name]: out.io_manager_key for name, out in outs.items() if out.io_manager_key},
        types={name: out.dagster_type for name, out in outs.items() if out.dagster_type is not None},
    )


def outputs_of_specs(
    label: str,
    specs: Iterable[AssetSpec],
    whole: tuple[Dependency, ...],
    partitions_def: PartitionsDefinition | None,
    can_subset: bool,
) -> Outputs:
    """Return what is made by specs: each says itself what it is made from.

    Args:
        label: What the definition is called, for errors.
        specs: The assets.
        whole: The inputs of the function; each is among the ``deps`` of one spec at least.
        partitions_def: The partitions of all.
        can_subset: Whether some can be made without others; only then may their partitions differ.

    Raises:
        InvalidDefinitionError: These don't fit together.

    >>> made = outputs_of_specs("both", [AssetSpec("a", deps=["raw"]), AssetSpec("b", deps=["a"])], (), None, False)
    >>> [each.key for each in made.dependencies]
    [AssetKey(['raw'])]
    """
    found = tuple(specs)
    wrong = [spec for spec in found if not isinstance(spec, AssetSpec)]
    if wrong:
        raise InvalidDefinitionError(f"{label}: specs are AssetSpecs; got {wrong[0]!r}.")
    _check_distinct(label, [spec.asset_key for spec in found])
    found = _with_partitions(label, found, partitions_def, can_subset)
    inputs = {each.key: each for each in whole}
    keys = {spec.asset_key for spec in found}
    by_key = {
        spec.asset_key: tuple(inputs.get(dep.asset_key) or order_of(spec.asset_key, dep) for dep in spec.asset_deps)
        for spec in found
    }
    named = {each.key for dependencies in by_key.values() for each in dependencies}
    for each in whole:
        if each.key not in named:
            raise InvalidDefinitionError(
                f"{label} takes the input {each.input_name!r}, but none of its specs is made from {each.key}. Add it "
                f"to the deps of those that are: AssetSpec(..., deps=[{each.key.to_user_string()!r}])."
            )
    outside = [each for dependencies in by_key.values() for each in dependencies if each.key not in keys]
    return Outputs(
        specs=found,
        names={spec.asset_key.to_python_identifier(): spec.asset_key for spec in found},
        dependencies=without_repeats(label, [*whole, *_distinct(outside, inputs)]),
        dependencies_by_key=by_key,
    )


def _distinct(found: Sequence[Dependency], inputs: Mapping[AssetKey, Dependency]) -> list[Dependency]:
    """Return one dependency for each upstream asset that is no input."""
    return list({each.key: each for each in reversed(found) if each.key not in inputs}.values())[::-1]


def _keys(label: str, keys: Any) -> list[AssetKey]:
    if isinstance(keys, str | AssetKey) or not isinstance(keys, Iterable):
        raise InvalidDefinitionError(f"{label}: internal_asset_deps maps outputs to sets of keys; got {keys!r}.")
    return sorted((AssetKey.from_coercible(key) for key in keys), key=lambda key: key.path)


def _by_internal_deps(
    label: str,
    names: Mapping[str, AssetKey],
    whole: Sequence[Dependency],
    internal: Mapping[str, Sequence[AssetKey]],
) -> dict[AssetKey, tuple[Dependency, ...]]:
    outside: dict[AssetKey, list[Dependency]] = {}
    for each in whole:
        outside.setdefault(each.key, []).append(each)
    siblings = {key: [Dependency(key)] for key in names.values()}
    for name, keys in internal.items():
        if name not in names:
            raise InvalidDefinitionError(
                f"{label}: internal_asset_deps names {name!r}, which is no output; it has {list(names)}."
                f"{did_you_mean(name, names)}"
            )
        for key in keys:
            if key not in outside and key not in siblings:
                raise InvalidDefinitionError(
                    f"{label}: internal_asset_deps says that {name!r} is made from {key}, which is neither an input "
                    f"nor an output of it.{did_you_mean(str(key), map(str, [*outside, *siblings]))}"
                )
    used = {key for keys in internal.values() for key in keys}
    for key, entries in outside.items():
        if key not in used:
            named = entries[0].input_name or key.to_user_string()
            raise InvalidDefinitionError(
                f"{label}: no output is made from {named!r}, by internal_asset_deps. Add {key} to those that are, or "
                "leave the input out."
            )
    return {
        names[name]: tuple(each for key in internal.get(name, ()) for each in (outside.get(key) or siblings[key]))
        for name in names
    }


def _check_distinct(label: str, keys: Iterable[AssetKey]) -> None:
    seen: set[AssetKey] = set()
    for key in keys:
        if key in seen:
            raise InvalidDefinitionError(f"{label} makes {key} twice. Give one of the two another key.")
        seen.add(key)


def _with_partitions(
    label: str, specs: tuple[AssetSpec, ...], partitions_def: PartitionsDefinition | None, can_subset: bool
) -> tuple[AssetSpec, ...]:
    if partitions_def is not None:
        for spec in specs:
            if spec.partitions_def not in (None, partitions_def):
                raise InvalidDefinitionError(
                    f"{label}: partitions_def is for all its assets, but {spec.asset_key} has other partitions. Say "
                    "it in one place."
                )
        return tuple(replace(spec, partitions_def=partitions_def) for spec in specs)
    if not can_subset and any(spec.partitions_def != specs[0].partitions_def for spec in specs):
        raise InvalidDefinitionError(
            f"{label}: its assets have different partitions, so they can't be made by one call. With can_subset=True "
            "those of other partitions are made by calls of their own."
        )
    return specs
