"""What a definition of assets says of itself: what it makes, from what, and what its function is given."""

from __future__ import annotations

from typing import Any

from notebook_assets.assets.assets_definition import DEFAULT_IO_MANAGER_KEY, AssetsDefinition
from notebook_assets.assets.showing_specs import Pairs, card, metadata_of, names, partitions_words, said_of, upstream
from notebook_assets.display import Rich, Showable, Table, as_rich, code, joined, plural, soft
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.shown import shown
from notebook_assets.resources.config_types import config_type_of


@shown.register
def _of_assets(definition: AssetsDefinition) -> Rich:
    return _of_several(definition) if definition.is_multi else _of_one(definition)


def _of_one(definition: AssetsDefinition) -> Rich:
    spec = definition.spec
    pairs: Pairs = [
        ("partitions", partitions_words(spec.partitions_def)),
        ("made from", upstream(definition.dependencies)),
        ("output", "may be left out" if spec.skippable else None),
        *_computed(definition),
        ("IO manager", _io_manager(definition)),
        *said_of(spec),
    ]
    detail = f"asset in group {spec.group}"
    return card(spec.asset_key.to_user_string(), detail, spec.description, pairs, *metadata_of(spec))


def _of_several(definition: AssetsDefinition) -> Rich:
    names_of = {key: name for name, key in definition.outputs.items()}
    rows: list[list[Showable]] = []
    for spec in definition.specs:
        key = spec.asset_key
        made_from = upstream(definition.dependencies_of(key))
        optional = soft(" (may be left out)") if spec.skippable else as_rich("")
        name = joined([key.to_user_string(), optional], "")
        rows.append([name, names_of.get(key, ""), spec.group, made_from, spec.description or None])
    kept = [at for at in range(5) if at == 0 or any(row[at] not in (None, "") for row in rows)]
    if all(definition.outputs.get(str(row[1])) == AssetKey(str(row[1])) for row in rows if row[1]) and 1 in kept:
        kept.remove(1)  # the outputs are called as the assets
    if all(spec.group_name is None for spec in definition.specs):
        kept.remove(2)
    titles = ["asset", "output", "group", "made from", "description"]
    table = Table([titles[at] for at in kept], [[row[at] for at in kept] for row in rows], noun="asset").rich
    pairs: Pairs = [
        ("partitions", _common_partitions(definition)),
        ("makes", "all of them, or some" if definition.can_subset else "all of them together"),
        *_computed(definition),
    ]
    return card(definition.label, f"makes {plural(len(definition.specs), 'asset')}", None, pairs, table)


def _common_partitions(definition: AssetsDefinition) -> str | None:
    words = dict.fromkeys(partitions_words(spec.partitions_def) for spec in definition.specs)
    return ", ".join(each or "none" for each in words) if len(words) > 1 else next(iter(words))


def _computed(definition: AssetsDefinition) -> Pairs:
    """What its function is given beside its inputs, and how it is run."""
    checks = [f"{spec.name}{' (blocking)' if spec.blocking else ''}" for spec in definition.check_specs]
    unseen = "; ".join(definition.unknown_code)
    return [
        ("graph", _graph(definition.node)),
        ("config", _config(definition)),
        ("resources", names(definition.required_resource_keys)),
        ("checks", names(checks)),
        ("retries", as_rich(str(definition.retry_policy.max_retries)) if definition.retry_policy else None),
        ("not looked at", soft(unseen) if unseen else None),
    ]


def _graph(node: Any) -> Rich | None:
    inside = getattr(node, "nodes", None)
    return joined([code(node.name), soft(f"of {', '.join(inside)}")]) if inside else None


def _config(definition: AssetsDefinition) -> Rich | None:
    kind = definition.signature.config_class
    if kind is not None:
        return joined([code(kind.__name__), soft(f"of {', '.join(kind.model_fields) or 'no field'}")])
    schema = definition.config_schema
    return None if schema is None else code(config_type_of(schema).shown())


def _io_manager(definition: AssetsDefinition) -> Rich | None:
    key = definition.io_manager_key
    own = definition.resource_defs.get(key)
    if own is not None:
        return code(type(own).__name__)
    return code(key) if key != DEFAULT_IO_MANAGER_KEY else None
