"""@asset: a function becomes the definition of an asset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, overload

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import AssetsDefinition
from notebook_assets.assets.dependencies import AssetDep, AssetIn, Dependency, check_prefix, prefix_parts
from notebook_assets.assets.signature import Signature, read_signature
from notebook_assets.assets.source_asset import own_io_manager_key
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.mappings import PartitionMapping, WaitFor
from notebook_assets.mappings.wait_policy import checked_wait_for
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_mapping, check_text, check_texts


@overload
def asset(compute_fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def asset(
    compute_fn: None = None,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    io_manager_def: object | None = None,
    io_manager_key: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def asset(
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    io_manager_def: object | None = None,
    io_manager_key: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Define an asset by the function that computes it; its parameters name the assets that it is made from.

    Args:
        compute_fn: The function, when the decorator is used without parentheses.
        name: The asset's name; by default the function's.
        key_prefix: Parts put before the name; a string may join several by slashes.
        ins: More about inputs, by parameter name.
        deps: Assets that it is made from but that are not handed to the function.
        metadata: Static metadata.
        tags: Names and values to select by.
        description: For people to read; by default the function's docstring.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        resource_defs: Resources by name, used where a run gives no other.
        io_manager_def: The IO manager that stores its values in place of the store.
        io_manager_key: The resource that is its IO manager.
        partitions_def: Its partitions.
        group_name: The group it is shown in.
        output_required: Whether it is an error if the function, a generator, yields no output.
        code_version: Names the version of the code, in place of the fingerprint of the function.
        key: The whole key, in place of ``name`` and ``key_prefix``.
        owners: E-mail addresses, or ``team:name``.
        kinds: Up to three words for what it is.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> @asset
    ... def upstream():
    ...     return [1, 2, 3]
    >>> @asset(group_name="sums")
    ... def total(upstream):
    ...     return sum(upstream)
    >>> total.dependency_keys
    frozenset({AssetKey(['upstream'])})
    >>> total([4, 5])
    9
    """

    check_text(name, "@asset: name", '"daily"')
    check_prefix(key_prefix, "@asset")
    check_text(io_manager_key, "@asset: io_manager_key", '"warehouse"')
    check_texts(required_resource_keys, "@asset: required_resource_keys", '{"database"}')
    check_mapping(resource_defs, "@asset: resource_defs", '{"database": connection}')

    def define(fn: Callable[..., Any]) -> AssetsDefinition:
        _check_function(fn)
        asset_key = _key_of(fn, name, key_prefix, key)
        signature = read_signature(fn)
        dependencies = _dependencies(asset_key, signature, ins if ins is not None else {}, deps)
        manager_key = io_manager_key or own_io_manager_key(asset_key, io_manager_def)
        own_manager = {manager_key: io_manager_def} if io_manager_def is not None else {}
        spec = AssetSpec(
            asset_key,
            deps=[AssetDep(dependency.key) for dependency in dependencies],
            description=description if description not in (None, "") else _first_paragraph(fn),
            metadata=metadata,
            skippable=not output_required,
            group_name=group_name,
            code_version=code_version,
            owners=owners,
            tags=tags,
            kinds=kinds,
            partitions_def=partitions_def,
        )
        return AssetsDefinition(
            spec=spec,
            fn=fn,
            signature=signature,
            dependencies=dependencies,
            output_required=output_required,
            io_manager_key=manager_key,
            resource_defs={**(resource_defs or {}), **own_manager},
            required_resource_keys=frozenset(required_resource_keys or ()),
        )

    return define if compute_fn is None else define(compute_fn)


def _check_function(fn: Any) -> None:
    if not callable(fn) or isinstance(fn, type):
        raise InvalidDefinitionError(f"@asset decorates a function; got {fn!r}. Options are named: @asset(...).")
    if hasattr(fn, "__notebook_asset__"):
        raise InvalidDefinitionError(f"{fn!r} is an asset already; @asset decorates its function: {fn.key}.fn.")


def _key_of(
    fn: Callable[..., Any],
    name: str | None,
    key_prefix: str | Sequence[str] | None,
    key: CoercibleToAssetKey | None,
) -> AssetKey:
    if key is not None:
        if name is not None or key_prefix is not None:
            raise InvalidDefinitionError("@asset takes key, or name and key_prefix, not both.")
        return AssetKey.from_coercible(key)
    found = name or getattr(fn, "__name__", None)
    if not isinstance(found, str):
        raise InvalidDefinitionError(
            f"@asset: {fn!r} has no name of its own, from which the asset's key could come; give one by name=."
        )
    own = AssetKey(found)
    return own.with_prefix(prefix_parts(key_prefix)) if key_prefix else own


def _dependencies(
    asset_key: AssetKey, signature: Signature, ins: Mapping[str, AssetIn], deps: Iterable[Any] | None
) -> tuple[Dependency, ...]:
    if not isinstance(ins, Mapping):
        raise InvalidDefinitionError(f"{asset_key}: ins maps parameter names to AssetIn; got {ins!r}.")
    more = [name for name in ins if name not in signature.inputs]
    if more and not signature.takes_any_input:
        raise InvalidDefinitionError(
            f"{asset_key}: ins names {more[0]!r}, which is no parameter of the function; it has "
            f"{list(signature.inputs)}.{did_you_mean(more[0], signature.inputs)}"
        )
    if isinstance(deps, str | bytes) or not isinstance(deps, Iterable | None):
        raise InvalidDefinitionError(f"{asset_key}: deps is a list; got {deps!r}. Write deps=[{deps!r}].")
    inputs = [_input(asset_key, name, ins.get(name), signature) for name in (*signature.inputs, *more)]
    return _without_repeats(asset_key, [*inputs, *(_order(asset_key, dep) for dep in deps or ())])


def _order(asset_key: AssetKey, dep: Any) -> Dependency:
    """Return the dependency of an entry of ``deps``: it hands no value to the function."""
    asset_dep = AssetDep.from_coercible(dep)
    return Dependency(
        asset_dep.asset_key,
        mapping=asset_dep.partition_mapping,
        wait_for=checked_wait_for(asset_dep.waits_for, f"{asset_key}: its dependency on {asset_dep.asset_key}"),
        metadata=asset_dep.metadata or {},
    )


def _without_repeats(asset_key: AssetKey, found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """Leave out entries of ``deps`` that were named before; an asset is needed by one mapping only."""
    kept: list[Dependency] = []
    mappings: dict[AssetKey, PartitionMapping | None] = {}
    waits: dict[AssetKey, WaitFor] = {}
    for dependency in found:
        is_order = dependency.input_name is None and dependency.wait_for != "all"
        if is_order and waits.get(dependency.key, dependency.wait_for) != dependency.wait_for:
            raise InvalidDefinitionError(
                f"{asset_key}: it names {dependency.key} twice, with wait_for={waits[dependency.key]!r} and "
                f"wait_for={dependency.wait_for!r}. Name it once."
            )
        waits.setdefault(dependency.key, dependency.wait_for)
        if dependency.key not in mappings:
            mappings[dependency.key] = dependency.mapping
        elif dependency.input_name is None and dependency.mapping is None:
            continue
        elif dependency.mapping != mappings[dependency.key]:
            raise InvalidDefinitionError(
                f"{asset_key}: it names {dependency.key} twice with different partition mappings. Name it once, with "
                "a mapping that covers all that is needed."
            )
        elif dependency.input_name is None:
            continue
        kept.append(dependency)
    return tuple(kept)


def _input(asset_key: AssetKey, name: str, given: AssetIn | None, signature: Signature) -> Dependency:
    if given is not None and not isinstance(given, AssetIn):
        raise InvalidDefinitionError(
            f"{asset_key}: ins[{name!r}] is an AssetIn; got {type(given).__name__}. Write AssetIn({given!r})."
        )
    asset_in = given or AssetIn()
    return Dependency(
        asset_in.key_for(name),
        input_name=name,
        mapping=asset_in.partition_mapping,
        wait_for=checked_wait_for(asset_in.waits_for, f"{asset_key}: its input {name!r}"),
        metadata=asset_in.metadata or {},
        input_manager_key=asset_in.input_manager_key,
        wants_frame=name in signature.frames,
    )


def _first_paragraph(fn: Callable[..., Any]) -> str | None:
    # A partial and a callable object have the docstring of their class, which says nothing of the asset.
    own = hasattr(fn, "__name__") and isinstance(fn.__doc__, str)
    text = (fn.__doc__ or "").strip() if own else ""
    return text.split("\n\n")[0].replace("\n", " ") or None
