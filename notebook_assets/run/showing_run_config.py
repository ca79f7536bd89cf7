"""What a run's configuration says of itself: each computation and each resource with its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from notebook_assets.display import Rich, Showable, Table, soft, stack, title_line
from notebook_assets.partitions.shown import shown
from notebook_assets.resources.showing_resources import value_shown
from notebook_assets.run.run_config import RunConfig


@shown.register
def _of_run_config(config: RunConfig) -> Rich:
    rows: list[list[Showable]] = []
    for section, entries in (("ops", config.ops), ("resources", config.resources), ("loggers", config.loggers)):
        for name, entry in (entries or {}).items():
            rows += [[f"{section}: {name}", path, value] for path, value in _fields(entry)] or [
                [f"{section}: {name}", None, soft("nothing given")]
            ]
    table = Table(["for", "field", "value"], rows, empty="Nothing is configured.", noun="field").rich
    return stack([title_line("RunConfig"), table])


def _fields(entry: Any, path: str = "") -> Iterator[tuple[str, Rich]]:
    """Go through the fields of a configuration, to any depth; each with its path."""
    if isinstance(entry, Mapping) and set(entry) == {"config"} and not path:
        entry = entry["config"]
    if hasattr(type(entry), "model_fields"):
        entry = {name: getattr(entry, name) for name in type(entry).model_fields}
    if isinstance(entry, Mapping) and entry:
        for name, value in entry.items():
            yield from _fields(value, f"{path}.{name}" if path else str(name))
    elif path or not isinstance(entry, Mapping):
        yield path, value_shown(path.rpartition(".")[2], entry)
