"""@asset_check and @multi_asset_check: a function becomes the definition of a check, or of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from notebook_assets.assets.call_hints import with_call_hints
from notebook_assets.assets.checks import AssetCheckSpec
from notebook_assets.assets.checks_definition import AssetChecksDefinition
from notebook_assets.assets.decorated import check_function, first_paragraph
from notebook_assets.assets.dependencies import AssetDep, AssetIn, key_of
from notebook_assets.assets.retry_policy import RetryPolicy
from notebook_assets.assets.signature import Signature, read_signature
from notebook_assets.assets.wiring import dependencies_of
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_instance, check_mapping, check_text, check_texts

CheckFunction = Callable[..., Any]


@with_call_hints(
    "write @asset_check(asset=...), which names the asset.",
    severity="The result has it: return AssetCheckResult(passed=..., severity=AssetCheckSeverity.WARN).",
)
def asset_check(
    *,
    asset: Any,
    name: str | None = None,
    description: str | None = None,
    blocking: bool = False,
    additional_ins: Mapping[str, AssetIn] | None = None,
    additional_deps: Iterable[Any] | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config_schema: Any = None,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    retry_policy: Any = None,
    metadata: Mapping[str, Any] | None = None,
    automation_condition: Any = None,
    pool: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
) -> Callable[[CheckFunction], AssetChecksDefinition]:
    """Define a check of an asset by the function that carries it out and returns an AssetCheckResult.

    The function may take the asset's value: a parameter of any name that ``additional_ins`` does not name.

    Args:
        asset: The asset, or its key.
        name: The check's name; by default the function's.
        description: For people to read; by default the function's docstring.
        blocking: Whether what is made from a piece in which the check found an error is not made in the same run.
        additional_ins: Other assets whose values the function takes, by parameter name.
        additional_deps: Other assets that it looks at by itself.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        resource_defs: Resources by name, used where a run gives no other.
        config_schema: What its configuration looks like; or the function takes ``config`` of a Config class.
        compute_kind: Kept for code that gives it; says nothing here.
        op_tags: Tags of its computation, kept for executors.
        retry_policy: How often, and when, it is tried again.
        metadata: Static metadata.
        automation_condition: When to carry it out.
        pool: Names a limit of how many are carried out at once; kept, as one at a time is.
        partitions_def: The asset's partitions; by default those that the asset has.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> from notebook_assets import AssetCheckResult
    >>> @asset_check(asset="daily", blocking=True)
    ... def has_rows(daily):
    ...     return AssetCheckResult(passed=len(daily) > 0)
    >>> has_rows
    <check daily:has_rows>
    """
    check_text(name, "@asset_check: name", '"no_nulls"')
    check_instance(
        partitions_def, PartitionsDefinition, "@asset_check: partitions_def", "DailyPartitionsDefinition(...)"
    )
    _check_surroundings("@asset_check", required_resource_keys, resource_defs, op_tags, pool, retry_policy)
    asset_key = key_of(asset)

    def define(fn: CheckFunction) -> AssetChecksDefinition:
        check_function(fn, "@asset_check")
        check_name = name or str(getattr(fn, "__name__", "check"))
        signature = read_signature(fn)
        spec = AssetCheckSpec(
            check_name,
            asset=asset_key,
            description=description if description not in (None, "") else first_paragraph(fn),
            additional_deps=_additional(asset_key, additional_ins, additional_deps),
            blocking=blocking,
            metadata=metadata,
            automation_condition=automation_condition,
            partitions_def=partitions_def,
        )
        ins = _with_primary(asset_key, check_name, signature, additional_ins or {})
        return AssetChecksDefinition(
            specs=(spec,),
            fn=fn,
            signature=signature,
            dependencies=dependencies_of(f"The check {check_name!r}", signature, ins, list(additional_deps or ())),
            resource_defs=dict(resource_defs or {}),
            required_resource_keys=frozenset(required_resource_keys or ()),
            config_schema=config_schema,
            op_tags=dict(op_tags or {}),
            retry_policy=retry_policy,
            pool=pool,
            name=f"{asset_key.to_python_identifier()}_{check_name}",
        )

    check_mapping(additional_ins, "@asset_check: additional_ins", '{"hourly": AssetIn("hourly")}')
    if isinstance(additional_deps, str | bytes) or not isinstance(additional_deps, Iterable | None):
        raise InvalidDefinitionError(f"@asset_check: additional_deps is a list; got {additional_deps!r}.")
    additional_deps = None if additional_deps is None else list(additional_deps)
    return define


def multi_asset_check(
    *,
    specs: Sequence[AssetCheckSpec],
    name: str | None = None,
    description: str | None = None,
    can_subset: bool = False,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    retry_policy: Any = None,
    config_schema: Any = None,
    ins: Mapping[str, Any] | None = None,
    pool: str | None = None,
) -> Callable[[CheckFunction], AssetChecksDefinition]:
    """Define several checks, also of several assets, by one function that yields an AssetCheckResult for each.

    Args:
        specs: The checks.
        name: What the function is called.
        description: For people to read.
        can_subset: Whether some of the checks can be carried out without the others;
            ``context.selected_asset_check_keys`` says which are wanted.
        compute_kind: Kept for code that gives it; says nothing here.
        op_tags: Tags of its computation, kept for executors.
        resource_defs: Resources by name, used where a run gives no other.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        retry_policy: How often, and when, it is tried again.
        config_schema: What its configuration looks like; or the function takes ``config`` of a Config class.
        ins: The assets whose values the function takes, by parameter name.
        pool: Names a limit of how many are carried out at once; kept, as one at a time is.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> from notebook_assets import AssetCheckResult
    >>> @multi_asset_check(specs=[AssetCheckSpec("rows", asset="daily"), AssetCheckSpec("nulls", asset="daily")])
    ... def looked_at():
    ...     yield AssetCheckResult(passed=True, check_name="rows")
    ...     yield AssetCheckResult(passed=True, check_name="nulls")
    >>> looked_at
    <check daily:rows, daily:nulls>
    """
    _check_surroundings("@multi_asset_check", required_resource_keys, resource_defs, op_tags, pool, retry_policy)
    check_mapping(ins, "@multi_asset_check: ins", '{"daily": "daily"}')
    check_text(description, "@multi_asset_check: description", '"What is looked at"')
    if not isinstance(specs, Iterable):
        raise InvalidDefinitionError(f"@multi_asset_check: specs is a list of AssetCheckSpec; got {specs!r}.")
    given = tuple(specs)
    wrong = [spec for spec in given if not isinstance(spec, AssetCheckSpec)]
    if wrong or not given:
        found = repr(wrong[0]) if wrong else "none"
        raise InvalidDefinitionError(f"@multi_asset_check: specs is a list of AssetCheckSpec; got {found}.")
    twice = [spec for at, spec in enumerate(given) if spec.key in {other.key for other in given[:at]}]
    if twice:
        raise InvalidDefinitionError(f"@multi_asset_check: specs has {twice[0].key.to_user_string()} twice.")

    def define(fn: CheckFunction) -> AssetChecksDefinition:
        check_function(fn, "@multi_asset_check")
        label = name or str(getattr(fn, "__name__", "checks"))
        signature = read_signature(fn)
        inputs = {each: _asset_in(of) for each, of in (ins or {}).items()}
        deps = [dep for spec in given for dep in spec.additional_deps]
        return AssetChecksDefinition(
            specs=given,
            fn=fn,
            signature=signature,
            dependencies=dependencies_of(f"The checks {label!r}", signature, inputs, deps),
            resource_defs=dict(resource_defs or {}),
            required_resource_keys=frozenset(required_resource_keys or ()),
            can_subset=can_subset,
            config_schema=config_schema,
            op_tags=dict(op_tags or {}),
            retry_policy=retry_policy,
            pool=pool,
            name=label,
            description=description,
        )

    return define


def _asset_in(given: Any) -> AssetIn:
    return given if isinstance(given, AssetIn) else AssetIn(key_of(given))


def _additional(asset_key: AssetKey, ins: Mapping[str, AssetIn] | None, deps: Iterable[Any] | None) -> list[AssetDep]:
    """Return all assets that a check looks at besides its own."""
    named = [each.key_for(name) for name, each in (ins or {}).items() if isinstance(each, AssetIn)]
    return [
        *(AssetDep(key) for key in named if key != asset_key),
        *(AssetDep.from_coercible(dep) for dep in deps or ()),
    ]


def _with_primary(
    asset_key: AssetKey, name: str, signature: Signature, ins: Mapping[str, AssetIn]
) -> dict[str, AssetIn]:
    """Return ``ins`` with the parameter that takes the value of the asset itself, whatever that is called."""
    own = [each for each in signature.inputs if each not in ins]
    if len(own) > 1:
        raise InvalidDefinitionError(
            f"The check {name!r} takes {', '.join(map(repr, own))}, of which only one can be the value of {asset_key}. "
            "Name the others by additional_ins."
        )
    return {**ins, **{each: AssetIn(asset_key) for each in own}}


def _check_surroundings(
    where: str,
    required_resource_keys: AbstractSet[str] | None,
    resource_defs: Mapping[str, object] | None,
    op_tags: Mapping[str, Any] | None,
    pool: str | None,
    retry_policy: Any,
) -> None:
    check_texts(required_resource_keys, f"{where}: required_resource_keys", '{"database"}')
    check_mapping(resource_defs, f"{where}: resource_defs", '{"database": connection}')
    check_mapping(op_tags, f"{where}: op_tags", '{"memory": "8 GB"}')
    check_text(pool, f"{where}: pool", '"database"')
    if not isinstance(retry_policy, RetryPolicy | None):
        raise InvalidDefinitionError(f"{where}: retry_policy is a RetryPolicy(max_retries=...); got {retry_policy!r}.")
