"""@multi_asset: a function becomes the definition of several assets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from notebook_assets.assets.asset_out import AssetOut
from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import AssetsDefinition
from notebook_assets.assets.backfill_policy import BackfillPolicy
from notebook_assets.assets.checks import AssetCheckSpec, own_check_specs
from notebook_assets.assets.decorated import check_function, first_paragraph
from notebook_assets.assets.dependencies import AssetIn
from notebook_assets.assets.deprecated_names import kinds_from
from notebook_assets.assets.multi_asset_outputs import Outputs, outputs_of_outs, outputs_of_specs
from notebook_assets.assets.retry_policy import RetryPolicy
from notebook_assets.assets.signature import read_signature
from notebook_assets.assets.types_declared import check_several
from notebook_assets.assets.wiring import dependencies_of, with_non_argument_deps
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_instance, check_mapping, check_text, check_texts


def multi_asset(
    *,
    outs: Mapping[str, AssetOut] | None = None,
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    internal_asset_deps: Mapping[str, AbstractSet[AssetKey]] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    op_tags: Mapping[str, Any] | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, object] | None = None,
    group_name: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    specs: Sequence[AssetSpec] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    pool: str | None = None,
    non_argument_deps: AbstractSet[Any] | None = None,
    compute_kind: str | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Define several assets by the one function that computes them.

    With ``outs`` the function returns a tuple of their values, in order, or yields ``Output(value, output_name)``.
    With ``specs`` it stores what it makes by itself: it may return nothing, or give a ``MaterializeResult`` for each.

    Args:
        outs: The assets, by the names of the outputs.
        name: What the computation is called; by default as the function.
        ins: More about inputs, by parameter name.
        deps: Assets that all are made from but that are not handed to the function (with ``outs``).
        description: For people to read; by default the function's docstring.
        config_schema: What its configuration looks like.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        internal_asset_deps: What each output is made from, by its name, where that is not every input: keys of inputs
            and of the other assets that the function makes.
        partitions_def: The partitions of all.
        backfill_policy: How many partitions one run makes.
        op_tags: Tags of the computation, for executors.
        can_subset: Whether the function can make some without the others: those of ``context.selected_asset_keys``.
        resource_defs: Resources by name, used where a run gives no other.
        group_name: The group they are shown in.
        retry_policy: How often, and when, it is tried again.
        code_version: Names the version of the code.
        specs: The assets, in place of ``outs``; each says by ``deps`` what it is made from.
        check_specs: Checks that the function itself carries out.
        pool: Names a limit of how many are made at once.
        non_argument_deps: What ``deps`` was called before; works, and warns.
        compute_kind: One of the ``kinds`` of each asset, before there were several; works, and warns.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> @multi_asset(outs={"low": AssetOut(), "high": AssetOut()})
    ... def both(readings):
    ...     return min(readings), max(readings)
    >>> both([3, 1, 2])
    (1, 3)
    >>> sorted(key.to_user_string() for key in both.keys)
    ['high', 'low']
    """
    check_text(name, "@multi_asset: name", '"daily"')
    check_texts(required_resource_keys, "@multi_asset: required_resource_keys", '{"database"}')
    check_mapping(resource_defs, "@multi_asset: resource_defs", '{"database": connection}')
    check_mapping(op_tags, "@multi_asset: op_tags", '{"memory": "8 GB"}')
    check_mapping(internal_asset_deps, "@multi_asset: internal_asset_deps", '{"daily": {AssetKey("hourly")}}')
    check_instance(retry_policy, RetryPolicy, "@multi_asset: retry_policy", "RetryPolicy(max_retries=3)")
    deps = with_non_argument_deps(deps, non_argument_deps)
    kinds = kinds_from("@multi_asset", None, compute_kind)
    for_all = {"group_name": group_name, "code_version": code_version, "backfill_policy": backfill_policy}
    specs = list(specs) if isinstance(specs, Iterator) else specs
    _check_arguments(outs, specs, deps, internal_asset_deps)

    def define(fn: Callable[..., Any]) -> AssetsDefinition:
        check_function(fn, "@multi_asset")
        label = name or str(getattr(fn, "__name__", "multi_asset"))
        signature = read_signature(fn)
        whole = dependencies_of(label, signature, ins, deps)
        said = description or first_paragraph(fn)
        made = (
            outputs_of_specs(label, specs, whole, partitions_def, can_subset)
            if specs is not None
            else outputs_of_outs(label, outs or {}, whole, internal_asset_deps, said, partitions_def)
        )
        check_several(fn, made.names)
        return AssetsDefinition(
            specs=_shared(made, for_all, kinds),
            fn=fn,
            signature=signature,
            dependencies=made.dependencies,
            outputs=made.names,
            dependencies_by_key=made.dependencies_by_key,
            io_manager_keys=made.io_manager_keys,
            resource_defs=dict(resource_defs or {}),
            required_resource_keys=frozenset(required_resource_keys or ()),
            can_subset=can_subset,
            name=label,
            stores_by_itself=specs is not None,
            config_schema=config_schema,
            check_specs=own_check_specs(check_specs or (), made.names.values(), label),
            retry_policy=retry_policy,
            op_tags=dict(op_tags or {}),
            pool=pool,
            types=made.types,
        )

    return define


def _check_arguments(outs: Any, specs: Any, deps: Any, internal_asset_deps: Any) -> None:
    if callable(outs) or (outs is None and specs is None):
        raise InvalidDefinitionError(
            '@multi_asset says which assets it makes: outs={"daily": AssetOut(), ...} or specs=[AssetSpec("daily"), '
            "...]."
        )
    if outs is not None and specs is not None:
        raise InvalidDefinitionError("@multi_asset takes outs or specs, not both.")
    if specs is not None and (deps is not None or internal_asset_deps is not None):
        raise InvalidDefinitionError(
            "@multi_asset: with specs, each spec says what it is made from: AssetSpec(key, deps=[...]). Leave out "
            f"{'deps' if deps is not None else 'internal_asset_deps'}."
        )
    if outs is not None:
        check_mapping(outs, "@multi_asset: outs", '{"daily": AssetOut()}')
        wrong = [(name, out) for name, out in outs.items() if not isinstance(out, AssetOut)]
        if wrong:
            raise InvalidDefinitionError(f"@multi_asset: outs[{wrong[0][0]!r}] is an AssetOut; got {wrong[0][1]!r}.")
    elif isinstance(specs, str) or not isinstance(specs, Iterable):
        raise InvalidDefinitionError(f'@multi_asset: specs is a list, such as [AssetSpec("daily")]; got {specs!r}.')
    if not (outs or specs):
        raise InvalidDefinitionError("@multi_asset makes one asset at least; outs and specs name none.")


def _shared(made: Outputs, for_all: Mapping[str, Any], kinds: AbstractSet[str] | None) -> tuple[AssetSpec, ...]:
    """Return the specs with what is said for all: a group and a policy if no spec has one, a version where it has none.

    Raises:
        InvalidDefinitionError: A group or a policy is said in two places.
    """
    said = {name: value for name, value in for_all.items() if value is not None}
    return tuple(_with_shared(spec, said, kinds) for spec in made.specs) if said or kinds else made.specs


def _with_shared(spec: AssetSpec, said: Mapping[str, Any], kinds: AbstractSet[str] | None) -> AssetSpec:
    changes: dict[str, Any] = {} if kinds is None else {"kinds": {*(spec.kinds or ()), *kinds}}
    for name, value in said.items():
        own = getattr(spec, name)
        if own is None:
            changes[name] = value
        elif name in ("group_name", "backfill_policy"):
            raise InvalidDefinitionError(
                f"@multi_asset: {name}={value!r} is for all assets, but {spec.asset_key} has {own!r} of its own. Say "
                "it in one place."
            )
    return replace(spec, **changes)
