"""What specs and source assets say of themselves: what they are made from, their partitions, what was said of them."""

from __future__ import annotations

from collections.abc import Iterable

from notebook_assets.assets.asset_spec import IO_MANAGER_KEY_METADATA, AssetSpec
from notebook_assets.assets.dependencies import AssetDep, Dependency
from notebook_assets.assets.source_asset import SourceAsset
from notebook_assets.display import (
    Rich,
    Showable,
    code,
    facts,
    joined,
    metadata_facts,
    plain,
    plural,
    soft,
    stack,
    title_line,
)
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.shown import shown

Pairs = list[tuple[str, Showable]]


def card(title: str, detail: str, description: str | None, pairs: Pairs, *more: Rich) -> Rich:
    """Return a title, a description, facts (those that are None are left out), and what else there is.

    >>> card("daily", "asset", "One row a day.", [("owner", "ann"), ("pool", None)])
    daily  ·  asset
    <BLANKLINE>
    One row a day.
    <BLANKLINE>
    owner  ann
    """
    known = [(name, value) for name, value in pairs if value is not None]
    parts = [title_line(title, detail), *([plain(description.strip())] if description else [])]
    return stack([*parts, *([facts(known)] if known else []), *more])


def partitions_words(definition: PartitionsDefinition | None) -> str | None:
    """Return what partitions there are and how many: ``daily, 365 partitions``; None where there are none.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> partitions_words(StaticPartitionsDefinition(["EWR", "JFK"]))
    'static, 2 partitions'
    """
    if definition is None:
        return None
    try:
        return f"{definition.label}, {plural(definition.settled().get_num_partitions(), 'partition')}"
    except (NotebookAssetsError, OSError):
        return definition.label


def upstream(entries: Iterable[Dependency | AssetDep]) -> Rich | None:
    """Return the names of what something is made from, each with its mapping where one was given."""
    parts: list[Rich] = []
    for entry in entries:
        key = entry.key if isinstance(entry, Dependency) else entry.asset_key
        label = entry.label if isinstance(entry, Dependency) else _label(entry)
        parts.append(
            joined([plain(key.to_user_string()), soft(f"({label})")]) if label else plain(key.to_user_string())
        )
    return joined(parts, ", ") if parts else None


def _label(dep: AssetDep) -> str:
    return dep.partition_mapping.label if dep.partition_mapping is not None else ""


def names(given: Iterable[str] | None) -> Rich | None:
    """Return names in a line, in the order of the alphabet."""
    return code(", ".join(sorted(given))) if given else None


def said_of(spec: AssetSpec) -> Pairs:
    """Return what a spec says besides its key, its group, its description, its metadata and what it is made from."""
    tags = [f"{name}={value}" if value else name for name, value in (spec.tags or {}).items()]
    return [
        ("tags", names(tags)),
        ("kinds", names(spec.kinds)),
        ("owners", ", ".join(spec.owners) if spec.owners else None),
        ("code version", code(spec.code_version) if spec.code_version else None),
    ]


def metadata_of(spec: AssetSpec) -> list[Rich]:
    """Return the metadata of a spec under a heading; nothing where there is none."""
    found = {name: value for name, value in spec.metadata_values.items() if name != IO_MANAGER_KEY_METADATA}
    return [stack([soft("metadata"), metadata_facts(found)])] if found else []


@shown.register
def _of_spec(spec: AssetSpec) -> Rich:
    pairs: Pairs = [
        ("partitions", partitions_words(spec.partitions_def)),
        ("made from", upstream(spec.asset_deps)),
        ("IO manager", code(spec.io_manager_key) if spec.io_manager_key else None),
        ("output", "may be left out" if spec.skippable else None),
        *said_of(spec),
    ]
    detail = f"spec of an asset in group {spec.group}"
    return card(spec.asset_key.to_user_string(), detail, spec.description, pairs, *metadata_of(spec))


@shown.register
def _of_source(source: SourceAsset) -> Rich:
    observed = getattr(source.observe_fn, "__name__", "a function") if source.is_observable else None
    pairs: Pairs = [
        ("partitions", partitions_words(source.partitions_def)),
        ("loaded by", _loaded_by(source)),
        ("observed by", code(observed) if observed else None),
        *said_of(source.spec),
    ]
    detail = f"source asset in group {source.spec.group}"
    return card(source.key.to_user_string(), detail, source.spec.description, pairs, *metadata_of(source.spec))


def _loaded_by(source: SourceAsset) -> Rich | None:
    own = source.resource_defs.get(source.io_manager_key)
    if own is not None:
        return code(type(own).__name__)
    return code(source.io_manager_key) if source.io_manager_key != "io_manager" else None
