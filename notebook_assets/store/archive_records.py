"""What an archive says besides of its pieces: failures, checks, observations, printed output and code, row by row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.store.archive_format import CHECKS, CODES, FAILURES, OBSERVATIONS, OUTPUTS, ArchiveFaultError
from notebook_assets.store.archive_rows import (
    JSON_TEXT,
    MOMENT,
    NUMBER,
    OBJECT,
    TAGS,
    TEXT,
    WHOLE,
    check_key,
    checked,
    is_text,
)

_PIECE = {"asset": TEXT, "partition": TEXT, "run": TEXT, "time": MOMENT}
FAILURE_COLUMNS: Mapping[str, str] = _PIECE | {
    "kind": TEXT,
    "duration": NUMBER,
    "code": TEXT,
    "error_type": TEXT,
    "message": TEXT,
    "traceback": TEXT,
    "missing": JSON_TEXT,
    "reads": JSON_TEXT,
    "latest": WHOLE,
}
"""``latest``: whether it is what the piece is now, 0 or 1."""
CHECK_COLUMNS: Mapping[str, str] = _PIECE | {
    "name": TEXT,
    "passed": WHOLE,
    "severity": TEXT,
    "blocking": WHOLE,
    "event": WHOLE,
    "description": TEXT,
    "metadata": OBJECT,
    "error": TEXT,
    "traceback": TEXT,
}
"""``event``: the event of the archive that it looked at, 0 for none."""
OBSERVATION_COLUMNS: Mapping[str, str] = _PIECE | {
    "id": WHOLE,
    "data_version": TEXT,
    "description": TEXT,
    "metadata": OBJECT,
    "tags": TAGS,
}
OUTPUT_COLUMNS: Mapping[str, str] = _PIECE | {"text": TEXT, "dropped": WHOLE}
CODE_COLUMNS: Mapping[str, str] = {
    "asset": TEXT,
    "code": TEXT,
    "version": TEXT,
    "first_seen": MOMENT,
    "parts": JSON_TEXT,
}
"""``parts``: by its name the part, and its source or null."""


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """Something that an archive says of a piece: in which of its files, and the columns.

    >>> ArchivedRecord("checks.jsonl", {"asset": "daily", "partition": ""}).piece
    ('daily', '')
    """

    table: str
    columns: Mapping[str, Any]

    @property
    def piece(self) -> tuple[str, str]:
        """The asset's key as the store writes it, and the partition."""
        return self.columns["asset"], self.columns["partition"]


def failure_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a failure or a skip, each of which is what it should be.

    Raises:
        ArchiveFaultError: One is not.
    """
    columns = _of_piece(row, FAILURE_COLUMNS, {"run", "message", "missing", "reads", "latest"})
    _check_choice(columns, "kind", ("failed", "skipped"))
    _check_choice(columns, "latest", (0, 1))
    missing, reads = json.loads(columns["missing"]), json.loads(columns["reads"])
    if not isinstance(missing, list) or not all(map(is_text, missing)):
        raise ArchiveFaultError(f"a failure says of what it lacked {str(missing)[:80]!r}")
    if not isinstance(reads, list):
        raise ArchiveFaultError(f"a failure says of what it read {str(reads)[:80]!r}")
    # Up to no event of the store that it comes to: whether what was read is the same is told by the digest.
    columns["reads"] = json.dumps([_read(entry) for entry in reads])
    return columns


def check_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a check's result, each of which is what it should be.

    Raises:
        ArchiveFaultError: One is not.
    """
    columns = _of_piece(row, CHECK_COLUMNS, {"passed", "severity", "blocking", "event"})
    _check_choice(columns, "passed", (0, 1))
    _check_choice(columns, "blocking", (0, 1))
    _check_choice(columns, "severity", ("WARN", "ERROR"))
    return columns


def observation_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an observation, each of which is what it should be.

    Raises:
        ArchiveFaultError: One is not.
    """
    return _of_piece(row, OBSERVATION_COLUMNS)


def output_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of what a step printed, each of which is what it should be.

    Raises:
        ArchiveFaultError: One is not.
    """
    return _of_piece(row, OUTPUT_COLUMNS, {"run", "text", "dropped"})


def code_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a code, each of which is what it should be; ``parts`` by their names.

    Raises:
        ArchiveFaultError: One is not.
    """
    columns = checked(row, CODE_COLUMNS, {"asset", "code", "first_seen", "parts"})
    check_key(columns["asset"])
    columns["parts"] = parts = json.loads(columns["parts"])
    if not isinstance(parts, dict) or not all(is_text(name) and _is_part(part) for name, part in parts.items()):
        raise ArchiveFaultError(f"a code of {columns['asset']!r} has no parts that can be")
    return columns


RECORDS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    FAILURES: failure_row,
    CHECKS: check_row,
    OBSERVATIONS: observation_row,
    OUTPUTS: output_row,
    CODES: code_row,
}
"""What proves the rows of each file."""


def _of_piece(row: Mapping[str, Any], kinds: Mapping[str, str], needed: set[str] | None = None) -> dict[str, Any]:
    columns = checked(row, kinds, needed or ())
    check_key(columns["asset"])
    return columns


def _check_choice(columns: Mapping[str, Any], name: str, choices: tuple[object, ...]) -> None:
    if columns[name] not in choices:
        raise ArchiveFaultError(f"{name!r} of a row is one of {choices}, and it is {columns[name]!r}")


def _is_part(part: Any) -> bool:
    if not isinstance(part, list) or len(part) != 2:
        return False
    told, source = part
    return is_text(told) and (source is None or is_text(source))


def _read(entry: Any) -> list[Any]:
    if not isinstance(entry, list) or len(entry) != 4 or not all(map(is_text, (entry[0], entry[1], entry[3]))):
        raise ArchiveFaultError(f"a failure says of what it read {str(entry)[:80]!r}")
    check_key(entry[0])
    return [entry[0], entry[1], 0, entry[3]]
