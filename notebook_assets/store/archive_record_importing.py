"""RecordImport: failures, checks, observations, printed output and code of an archive become rows of a store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from notebook_assets.store.archive_format import CHECKS, CODES, FAILURES, OBSERVATIONS, OUTPUTS
from notebook_assets.store.archive_records import ArchivedRecord
from notebook_assets.store.code_versions import KeptCode, insert_code
from notebook_assets.store.observations_table import take_ids
from notebook_assets.store.recording import LATEST_NOT_MADE


class RecordImport:
    """Writes, inside one transaction, what an archive says besides of its pieces; what is there already stays one.

    Args:
        connection: The database, in the transaction.
        asset_id: Gives the number of an asset by its key.
        run: Gives the number of a run by its id.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        asset_id: Callable[[sqlite3.Connection, str], int],
        run: Callable[[sqlite3.Connection, str | None], int | None],
    ) -> None:
        self._connection = connection
        self._asset_id = asset_id
        self._run = run
        self.events: dict[int, int] = {0: 0}
        """The number of each event here, by the one that it has in the archive."""
        self.failed: set[tuple[str, str]] = set()
        """The pieces that failed or were skipped."""
        tables = ("failures", "check_results", "observations", "step_outputs")
        self._before = {name: _last(connection, name) for name in tables}

    def insert(self, record: ArchivedRecord) -> None:
        """Write something that an archive says."""
        asset_id = self._asset_id(self._connection, record.columns["asset"])
        {
            FAILURES: self._failure,
            CHECKS: self._check,
            OBSERVATIONS: self._observation,
            OUTPUTS: self._output,
            CODES: self._code,
        }[record.table](asset_id, dict(record.columns))

    def _failure(self, asset_id: int, columns: dict[str, Any]) -> None:
        self.failed.add((columns["asset"], columns["partition"]))
        is_latest = columns.pop("latest")
        number = self._placed("failures", asset_id, columns)
        if is_latest:
            run = self._run(self._connection, columns["run"])
            latest = (asset_id, columns["partition"], columns["kind"], number, run, columns["time"])
            self._connection.execute(LATEST_NOT_MADE, latest)

    def _check(self, asset_id: int, columns: dict[str, Any]) -> None:
        columns["event_id"] = self.events[columns.pop("event")]
        self._placed("check_results", asset_id, columns, "name", "event_id")

    def _observation(self, asset_id: int, columns: dict[str, Any]) -> None:
        archived = columns.pop("id")
        known = self._known("observations", asset_id, columns)
        number = take_ids(self._connection, 1) if known is None else known
        if known is None:
            self._write("observations", asset_id, {"id": number, **columns})
        self.events[archived] = number

    def _output(self, asset_id: int, columns: dict[str, Any]) -> None:
        self._placed("step_outputs", asset_id, columns)

    def _code(self, asset_id: int, columns: dict[str, Any]) -> None:
        parts: dict[str, list[str]] = columns["parts"]
        sources = {name: source for name, (_, source) in parts.items() if source is not None}
        told = {name: part for name, (part, _) in parts.items()}
        kept = KeptCode(columns["code"], told, sources, columns["version"])
        insert_code(self._connection, asset_id, kept, columns["first_seen"])

    def _placed(self, table: str, asset_id: int, columns: dict[str, Any], *more: str) -> int:
        """Return the number of the row, which is written unless it is there from an earlier import."""
        known = self._known(table, asset_id, columns, *more)
        return self._write(table, asset_id, columns) if known is None else known

    def _known(self, table: str, asset_id: int, columns: dict[str, Any], *more: str) -> int | None:
        same = "".join(f" AND {name} = ?" for name in more)
        row = self._connection.execute(
            f"SELECT max(id) FROM {table} WHERE asset_id = ? AND partition = ? AND run IS ? AND time = ? "  # noqa: S608
            f"AND id <= ?{same}",
            (
                asset_id,
                columns["partition"],
                self._run(self._connection, columns["run"]),
                columns["time"],
                self._before[table],
                *(columns[name] for name in more),
            ),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def _write(self, table: str, asset_id: int, columns: dict[str, Any]) -> int:
        row = {name: value for name, value in columns.items() if name != "asset"}
        row |= {"asset_id": asset_id, "run": self._run(self._connection, columns["run"])}
        marks = ", ".join("?" * len(row))
        number = self._connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608  (names of this package)
            tuple(row.values()),
        ).lastrowid
        assert number is not None  # noqa: S101  (an INSERT that raised nothing has one)
        return number


def _last(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608
