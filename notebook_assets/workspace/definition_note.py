"""What a new definition amounts to, shown below the cell that made it."""

from __future__ import annotations

from collections.abc import Sequence

from notebook_assets.assets import AssetsDefinition
from notebook_assets.display import Showable, Shown, count, facts, metadata_rich, note, stack, title_line
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.partitions import PartitionsDefinition


class DefinitionNote(Shown):
    """What a new definition amounts to, in a few lines."""

    def __init__(self, definition: AssetsDefinition, remarks: Sequence[str] = ()) -> None:
        self._definition = definition
        self._remarks = remarks

    @property
    def _forms(self) -> tuple[str, str]:
        definition = self._definition
        pairs: list[tuple[str, Showable]] = []
        if definition.partitions_def is not None:
            pairs.append(("partitions", _partitions_and_span(definition.partitions_def)))
        if definition.dependencies:
            pairs.append(("made from", ", ".join(entry.key.to_user_string() for entry in definition.dependencies)))
        pairs += [(name, metadata_rich(value)) for name, value in definition.spec.metadata_values.items()]
        title = title_line(definition.key.to_user_string(), f"asset in group {definition.spec.group}")
        remarks = [note(remark) for remark in self._remarks]
        whole = stack([title, *([facts(pairs)] if pairs else []), *remarks]) if pairs or remarks else title
        return whole.html, whole.text


def _partitions_and_span(definition: PartitionsDefinition) -> str:
    """What partitions there are, how many, and from which to which: ``daily · 365, 2013-01-01...2013-12-31``."""
    try:
        definition = definition.settled()
    except NotebookAssetsError as error:  # a function that gives the keys failed; the definition itself may be right
        return f"{definition.label}. {error}"
    many = definition.get_num_partitions()
    named = f"{definition.label} · {count(many)}"
    if not many:
        return named
    first, last = definition.key_at(0), definition.key_at(many - 1)
    return f"{named}, {first}" if many == 1 else f"{named}, {first}...{last}"


def show_definition(definition: AssetsDefinition, remarks: Sequence[str] = ()) -> DefinitionNote:
    """Return what a definition amounts to, to be shown below the cell that made it.

    Args:
        definition: The asset.
        remarks: What else a person should know, in sentences.

    >>> from notebook_assets import StaticPartitionsDefinition, asset
    >>> @asset(partitions_def=StaticPartitionsDefinition(["EWR", "JFK", "LGA"]))
    ... def flights(context): ...
    >>> show_definition(flights)
    flights  ·  asset in group default
    <BLANKLINE>
    partitions  static · 3, EWR...LGA
    """
    return DefinitionNote(definition, remarks)
