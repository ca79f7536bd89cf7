"""Hints for lines in which a partition key stands where it is taken for an asset."""

from __future__ import annotations

from collections.abc import Sequence

from notebook_assets.diagnosis.typed import quote, quoted
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import parse_partitions
from notebook_assets.workspace import chosen_keys, graph_and_store


def key_among_words(selection: str, keys: Sequence[str]) -> str:
    """Return what was meant by a selection that does not parse since a key, or the rest of one, stands in it.

    Args:
        selection: The words that are no option: ``revenue 2024-01-15``, or ``revenue York`` of ``-p New York``.
        keys: What ``-p`` was given.

    Returns:
        A sentence, or an empty text where no word is part of a key.
    """
    words = selection.split()
    for at in range(1, len(words)):
        chosen, rest = " ".join(words[:at]), " ".join(words[at:])
        if keys and _names_partitions(chosen, f"{keys[-1]} {rest}"):
            return f"Quote the key: -p {quoted(f'{keys[-1]} {rest}', chr(39))}."
        if _names_partitions(chosen, rest):
            return f"Did you mean -p {quote(rest)}?"
    return ""


def several_names(selection: str) -> list[str]:
    """Return the assets that a selection lists with blanks or commas between them; [] if it is anything else.

    Args:
        selection: What stands where a selection is taken.
    """
    words = selection.replace(",", " ").split()
    graph, _ = graph_and_store()
    known = {key.to_user_string() for key in graph.nodes}
    return words if len(words) > 1 and known.issuperset(words) else []


def _names_partitions(selection: str, written: str) -> bool:
    """Whether one of the assets that a selection chooses has the partitions that are written so."""
    graph, _ = graph_and_store()
    try:
        chosen: list[AssetKey] = chosen_keys(graph, selection)
    except NotebookAssetsError:
        return False
    for key in chosen:
        definition = graph.nodes[key].partitions_def
        try:
            if definition is not None and parse_partitions(definition, written):
                return True
        except NotebookAssetsError:
            continue
    return False
