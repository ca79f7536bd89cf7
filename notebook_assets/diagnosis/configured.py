"""With which configuration a piece was made, as the store keeps it with the run."""

from __future__ import annotations

import json
from typing import Protocol

from notebook_assets.assets import AssetNode
from notebook_assets.store import MaterializationRecord, RunRecord


class RunSource(Protocol):
    """Where runs are found; the store's Instance is one."""

    def run(self, run_id: str) -> RunRecord | None:
        """Return a run, None where there is none of that id."""


def made_with(source: RunSource, node: AssetNode, record: MaterializationRecord | None) -> list[str]:
    """Return a sentence that says with which configuration a piece was made, none where it was given none.

    Args:
        source: The store.
        node: The asset.
        record: When the piece was made.
    """
    run = None if record is None else source.run(record.run_id)
    if run is None or run.config is None:
        return []
    name = (node.definition.name if node.definition else None) or node.key.to_python_identifier()
    try:
        given = json.loads(run.config)["ops"][name]["config"]
    except (ValueError, TypeError, KeyError):  # none for this asset
        return []
    fields = ", ".join(f"{field}={value!r}" for field, value in given.items()) if isinstance(given, dict) else given
    return [f"It was made with a configuration of its run: {fields}."]
