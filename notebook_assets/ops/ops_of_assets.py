"""The op in an asset: what its function takes and gives, as an OpDefinition; made when it is asked for."""

from __future__ import annotations

import re
from typing import Any

from notebook_assets.assets import AssetChecksDefinition, AssetsDefinition, Nothing
from notebook_assets.assets.signature import read_signature
from notebook_assets.ops.ins_of_functions import returned_type, settled_in
from notebook_assets.ops.ins_outs import NO_DEFAULT, In, Out
from notebook_assets.ops.op_definition import DecoratedFunction, OpDefinition


def op_of(definition: AssetsDefinition) -> OpDefinition:
    """Return the op that makes the assets of a definition.

    Its inputs are the parameters of the function, and an input that only waits for each other dependency; its outputs
    are the assets.

    Args:
        definition: The definition, made by no graph.

    >>> from notebook_assets import asset
    >>> @asset(deps=["raw"], key_prefix="sales")
    ... def daily(hourly: list) -> int: ...
    >>> daily.op.name, list(daily.op.ins), daily.op.outs["result"].dagster_type
    ('sales__daily', ['hourly', 'raw'], <class 'int'>)
    """
    only = None if definition.is_multi else definition.specs[0]
    return OpDefinition(
        DecoratedFunction(definition.fn, definition.signature),
        _name(definition.name or definition.specs[0].asset_key.to_python_identifier()),
        _ins(definition),
        {_name(name): _out(definition, name) for name in definition.outputs},
        description=None if only is None else only.description,
        config_schema=definition.config_schema,
        required_resource_keys=definition.required_resource_keys,
        tags=definition.op_tags,
        retry_policy=definition.retry_policy,
        code_version=None if only is None else only.code_version,
        pool=definition.pool,
    )


def op_of_observation(source: Any) -> OpDefinition:
    """Return the op that observes a source.

    Args:
        source: A source asset with a function that observes it.

    >>> from notebook_assets import DataVersion, observable_source_asset
    >>> @observable_source_asset
    ... def raw(): return DataVersion("1")
    >>> raw.op.name
    'raw'
    """
    fn = source.observe_fn
    return OpDefinition(
        DecoratedFunction(fn, read_signature(fn)),
        _name(source.key.to_python_identifier()),
        description=source.description,
        required_resource_keys=source.required_resource_keys,
        tags=source.op_tags,
    )


def op_of_checks(checks: AssetChecksDefinition) -> OpDefinition:
    """Return the op that carries out checks: its inputs are what it is given, its outputs the checks.

    Args:
        checks: The definition.

    >>> from notebook_assets import asset_check
    >>> @asset_check(asset="daily", pool="database")
    ... def has_rows(daily): ...
    >>> has_rows.op.name, list(has_rows.op.ins), has_rows.op.pool
    ('daily_has_rows', ['daily'], 'database')
    """
    given = {
        each.input_name: In(input_manager_key=each.input_manager_key) for each in checks.dependencies if each.input_name
    }
    taken = {each.key for each in checks.dependencies if each.input_name}
    waits = {_name("_".join(key.path)): In(Nothing) for key in sorted(checks.dependency_keys - taken)}
    names = [f"{spec.asset_key.to_python_identifier()}_{spec.name}" for spec in checks.specs]
    return OpDefinition(
        DecoratedFunction(checks.fn, checks.signature),
        _name(checks.name),
        {**waits, **given},
        {"result": Out()} if len(names) == 1 else {_name(name): Out() for name in names},
        description=checks.description,
        config_schema=checks.config_schema,
        required_resource_keys=checks.required_resource_keys,
        tags=checks.op_tags,
        retry_policy=checks.retry_policy,
        pool=checks.pool,
    )


def _name(name: str) -> str:
    """Return a name without what the keys of assets may have, and names of ops not."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _ins(definition: AssetsDefinition) -> dict[str, In]:
    found = {}
    for each in definition.dependencies:
        if each.input_name is None:
            found[_name(each.name)] = In(Nothing)
        else:
            given = In(NO_DEFAULT if each.type is None else each.type, input_manager_key=each.input_manager_key)
            found[each.input_name] = settled_in(definition.fn, each.input_name, given)
    return found


def _out(definition: AssetsDefinition, name: str) -> Out:
    key = definition.outputs[name]
    spec = definition.specs_by_key[key]
    declared: Any = definition.types.get(name)
    if declared is None:
        declared = returned_type(definition.fn) if name == "result" else NO_DEFAULT
    if definition.stores_by_itself and name != "result":
        declared = Nothing
    return Out(
        declared,
        is_required=not spec.skippable,
        io_manager_key=definition.io_manager_key_of(key),
        metadata={each: value.value for each, value in spec.metadata_values.items()} or None,
        code_version=spec.code_version,
    )
