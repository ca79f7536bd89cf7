"""The rows of an archive: what is written of assets, runs and events, and the proof that what is read is just that."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, NotebookAssetsError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.dynamic_requests import check_name
from notebook_assets.partitions.key_checks import checked_keys
from notebook_assets.store.archive_format import ArchiveFaultError

TEXT, NUMBER, WHOLE, JSON_TEXT = "a text", "a number", "a whole number", "JSON in a text"
OBJECT, TAGS, LIST = (f"{JSON_TEXT}, {what}" for what in ("an object", "an object of texts", "a list"))
MOMENT = "a number of seconds since 1970"

ASSET_COLUMNS: Mapping[str, str] = {
    "key": TEXT,
    "kind": TEXT,
    "group_name": TEXT,
    "partitions": OBJECT,
    "io_manager_key": TEXT,
    "notebook": TEXT,
    "code": TEXT,
    "description": TEXT,
    "upstream": LIST,
    "metadata": OBJECT,
    "described_at": MOMENT,
}
RUN_COLUMNS: Mapping[str, str] = {
    "id": TEXT,
    "status": TEXT,
    "selection": TEXT,
    "tags": TAGS,
    "planned": WHOLE,
    "started_at": MOMENT,
    "finished_at": MOMENT,
    "host": TEXT,
}
DYNAMIC_COLUMNS: Mapping[str, str] = {"name": TEXT, "partition": TEXT}
EVENT_COLUMNS: Mapping[str, str] = {
    "id": WHOLE,
    "asset": TEXT,
    "partition": TEXT,
    "kind": TEXT,
    "run": TEXT,
    "time": MOMENT,
    "duration": NUMBER,
    "code": TEXT,
    "data_version": TEXT,
    "format": TEXT,
    "type": TEXT,
    "size": WHOLE,
    "digest": TEXT,
    "signature": TEXT,
    "metadata": OBJECT,
    "tags": TAGS,
    "description": TEXT,
    "value": TEXT,
    "accepted": TEXT,
}
"""``accepted``: the code that the piece counts as made by, where that is another one than it was."""
_REQUIRED = {
    "key",
    "kind",
    "io_manager_key",
    "upstream",
    "metadata",
    "id",
    "status",
    "selection",
    "tags",
    "planned",
} | {
    "started_at",
    "asset",
    "partition",
    "time",
    "duration",
    "name",
}
_LAST_MOMENT = datetime(9999, 12, 30, tzinfo=UTC).timestamp()  # later ones can't be shown
_RUN_ENDS = ("success", "failed", "canceled", "interrupted")


@dataclass(frozen=True, slots=True)
class ArchivedRead:
    """What an event read of one upstream asset: its key as the store writes it, the partitions, and their digest.

    >>> ArchivedRead("hourly", "", "d1").subset
    ''
    """

    upstream: str
    subset: str
    digest: str


@dataclass(frozen=True, slots=True)
class ArchivedEvent:
    """One event of an archive: its columns, what it read, and the file with its value, if that is there.

    >>> ArchivedEvent({"asset": "daily", "partition": ""}, (), None).piece
    ('daily', '')
    """

    columns: Mapping[str, Any]
    reads: tuple[ArchivedRead, ...]
    value: str | None

    @property
    def piece(self) -> tuple[str, str]:
        """The asset's key as the store writes it, and the partition."""
        return self.columns["asset"], self.columns["partition"]


def asset_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an asset, each of which is what it should be.

    Raises:
        ArchiveFaultError: One is not.
    """
    columns = checked(row, ASSET_COLUMNS)
    check_key(columns["key"])
    return columns


def run_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a run; one that was not over when it was archived is called interrupted.

    Raises:
        ArchiveFaultError: One is not what it should be.
    """
    columns = checked(row, RUN_COLUMNS)
    return columns if columns["status"] in _RUN_ENDS else {**columns, "status": "interrupted"}


def dynamic_row(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return a name of dynamic partitions and a key of it.

    Raises:
        ArchiveFaultError: There can be no such name, or no such key.
    """
    columns = checked(row, DYNAMIC_COLUMNS)
    try:
        check_name(columns["name"])
        checked_keys([columns["partition"]])
    except NotebookAssetsError as error:
        raise ArchiveFaultError(f"a row of dynamic partitions is none: {error}") from error
    return columns["name"], columns["partition"]


def event_row(row: Mapping[str, Any]) -> ArchivedEvent:
    """Return an event, each column of which is what it should be.

    Raises:
        ArchiveFaultError: One is not.
    """
    reads = row.get("reads", [])
    columns = checked({name: value for name, value in row.items() if name != "reads"}, EVENT_COLUMNS)
    check_key(columns["asset"])
    if columns["kind"] not in ("materialization", "empty"):
        raise ArchiveFaultError(f"an event is of the kind {columns['kind']!r}")
    value = columns.pop("value")
    if (value is None) != (columns["format"] is None):
        raise ArchiveFaultError(f"event {columns['id']} has a value without a format, or a format without a value")
    if value is not None and None in (columns["digest"], columns["size"], columns["type"]):
        raise ArchiveFaultError(f"event {columns['id']} does not say what its value is")
    if not isinstance(reads, list):
        raise ArchiveFaultError(f"event {columns['id']} says nothing that can be of what it read")
    return ArchivedEvent(columns, tuple(map(_read, reads)), value)


def _read(entry: Any) -> ArchivedRead:
    if not (isinstance(entry, list) and len(entry) == 3 and all(is_text(part) for part in entry)):
        raise ArchiveFaultError(f"an event says of what it read {entry!r}")
    check_key(entry[0])
    return ArchivedRead(*entry)


def checked(row: Mapping[str, Any], kinds: Mapping[str, str], needed: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns of a row; those that are not there are None where they may be.

    Args:
        row: The row.
        kinds: What each column is, by its name.
        needed: The columns that this row needs, besides those that any row needs that can have them.

    Raises:
        ArchiveFaultError: A column is not known, lacks or is something else.

    >>> checked({"text": "hi"}, {"text": TEXT, "dropped": WHOLE})
    {'text': 'hi', 'dropped': None}
    """
    strange = set(row) - set(kinds)
    if strange:
        raise ArchiveFaultError(f"a row has the column {min(strange)!r}, which is not known")
    for name, kind in kinds.items():
        value = row.get(name)
        if value is None:
            if name in _REQUIRED or name in needed:
                raise ArchiveFaultError(f"a row has no {name!r}")
        elif not _IS[kind](value):
            raise ArchiveFaultError(f"{name!r} of a row is {kind}, and it is {str(value)[:80]!r}")
    return {name: row.get(name) for name in kinds}


def is_text(value: Any) -> bool:
    """Whether something is a text that can be kept.

    >>> is_text("day"), is_text(chr(0xD800)), is_text(7)
    (True, False, False)
    """
    if not isinstance(value, str):
        return False
    with suppress(UnicodeEncodeError):  # half of a pair of surrogates can't be kept
        value.encode()
        return True
    return False


def _is_json(value: Any) -> bool:
    if not is_text(value):
        return False
    with suppress(ValueError, RecursionError):
        json.loads(value)
        return True
    return False


def _is_object(value: Any) -> bool:
    return _is_json(value) and isinstance(json.loads(value), dict)


def _are_tags(value: Any) -> bool:
    return _is_object(value) and all(is_text(text) for pair in json.loads(value).items() for text in pair)


def _is_list(value: Any) -> bool:
    return _is_json(value) and isinstance(json.loads(value), list)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**62  # nor is it "nan"


def _is_moment(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= _LAST_MOMENT


_SHAPES = {OBJECT: _is_object, TAGS: _are_tags, LIST: _is_list}
_IS = {MOMENT: _is_moment, TEXT: is_text, NUMBER: _is_number, WHOLE: _is_whole, JSON_TEXT: _is_json, **_SHAPES}


def check_key(text: str) -> None:
    """Raise an error unless this is an asset's key, as the store writes it.

    Raises:
        ArchiveFaultError: It is not.

    >>> check_key("warehouse/daily")
    """
    try:
        key = AssetKey.from_escaped_user_string(text)
    except (InvalidDefinitionError, TypeError) as error:
        raise ArchiveFaultError(f"{text[:80]!r} is no asset's key") from error
    if key.to_escaped_user_string() != text:
        raise ArchiveFaultError(f"{text[:80]!r} is not how an asset's key is written")
