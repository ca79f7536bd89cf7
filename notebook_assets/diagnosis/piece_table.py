"""The status of pieces as a DataFrame: one row for each, with its cause and what is known of its latest event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.diagnosis.first_causes import FirstCauses
from notebook_assets.diagnosis.not_there import LONGEST_MESSAGE, some_names
from notebook_assets.diagnosis.running import planned_pieces
from notebook_assets.diagnosis.status import CODE_OF, STATES, AssetStatus
from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
from notebook_assets.store.status_details import FailureInShort, PieceDetails
from notebook_assets.store.status_tables import StatusTables

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")

COLUMNS: Mapping[str, str] = {
    "asset": "string",
    "partition": "string",
    "state": "string",
    "cause": "string",
    "time": "datetime64[us, UTC]",
    "duration": "float64",
    "size": "Int64",
    "rows": "Int64",
    "run": "string",
    "error": "string",
}
"""The columns of a table of pieces, and their types, whatever is in it."""

_RUNNING = CODE_OF[PieceState.RUNNING]


def piece_table(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the tables of several assets as one; that of none has all columns.

    Args:
        tables: What :func:`table_of_asset` gives.
    """
    if not tables:
        return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in COLUMNS.items()})
    return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)


def table_of_asset(
    source: object, status: AssetStatus, causes: FirstCauses, wanted: np.ndarray, states: Sequence[PieceState]
) -> pd.DataFrame:
    """Return one row for each of some pieces of an asset.

    Args:
        source: The store.
        status: The asset's status.
        causes: Why its pieces are stale.
        wanted: Which pieces, a bool column by position.
        states: Which states; none for all.
    """
    tables = getattr(source, "status_tables", None)
    codes, runs = _states_now(source, status)
    chosen = wanted if not states else wanted & np.isin(codes, [CODE_OF[state] for state in states])
    positions = np.flatnonzero(chosen)
    known = tables if isinstance(tables, StatusTables) else None
    details = known.details(status.node.key) if known is not None else PieceDetails()
    failed = np.isin(codes[positions], [CODE_OF[PieceState.FAILED], CODE_OF[PieceState.SKIPPED]]).any()
    told = known.failures(status.node.key) if known is not None and failed else []
    failures = {each.partition: each for each in told}
    columns = _columns(status, positions, codes, details)
    columns["cause"], columns["error"] = _told(status, positions.tolist(), codes, causes, runs, failures)
    return pd.DataFrame({name: pd.array(columns[name], dtype=kind) for name, kind in COLUMNS.items()})


def _states_now(source: object, status: AssetStatus) -> tuple[np.ndarray, dict[int, str]]:
    """Return the states by position, those included that a run is about to make, and by which run."""
    codes, runs = status.states.copy(), dict[int, str]()
    for planned in planned_pieces(source, status, "running"):
        if planned.run.is_alive:
            codes[planned.mask] = _RUNNING
            runs.update(dict.fromkeys(np.flatnonzero(planned.mask).tolist(), planned.run.run_id))
    return codes, runs


def _columns(status: AssetStatus, positions: np.ndarray, codes: np.ndarray, details: PieceDetails) -> dict[str, Any]:
    count = len(status.keys)
    names = np.array([state.value for state in STATES], dtype=object)
    keys = np.empty(count, dtype=object)
    keys[:] = status.keys
    rows = _rows_of(status, details)[positions]
    is_there = rows >= 0
    has_value = is_there & (status.value_ids[positions] > 0)

    def column(values: Sequence[Any], kind: Any, missing: Any, where: np.ndarray) -> np.ndarray:
        found = np.full(len(positions), missing, dtype=kind)
        if len(values):
            given = np.empty(len(values), dtype=kind)
            given[:] = values
            found[where] = given[rows[where]]
        return found

    return {
        "asset": [status.node.key.to_user_string()] * len(positions),
        "partition": keys[positions],
        "state": names[codes[positions]],
        "time": _moments(column(details.times, np.float64, np.nan, is_there)),
        "duration": column(details.durations, np.float64, np.nan, has_value),
        "size": column(details.sizes, object, None, has_value),
        "rows": column(details.row_counts, object, None, has_value),
        "run": column(details.run_ids, object, None, is_there),
    }


def _rows_of(status: AssetStatus, details: PieceDetails) -> np.ndarray:
    """Return where in the details each position stands, -1 where it does not."""
    if len(details) == len(status.keys) and list(details.partitions) == [key or "" for key in status.keys]:
        return np.arange(len(details), dtype=np.int64)
    place = {name: row for row, name in enumerate(details.partitions)}
    return np.array([place.get(key or "", -1) for key in status.keys], dtype=np.int64)


def _moments(seconds: np.ndarray) -> Any:
    whole = np.where(np.isnan(seconds), np.iinfo(np.int64).min, np.nan_to_num(seconds) * 1e6)
    return pd.DatetimeIndex(whole.astype(np.int64).view("datetime64[us]")).tz_localize("UTC")


def _told(
    status: AssetStatus,
    positions: Sequence[int],
    codes: np.ndarray,
    causes: FirstCauses,
    runs: Mapping[int, str],
    failures: Mapping[str, FailureInShort],
) -> tuple[list[str | None], list[str | None]]:
    """Return causes and errors; None where there is nothing to say."""
    said: list[str | None] = [None] * len(positions)
    errors: list[str | None] = [None] * len(positions)
    if not (runs or failures or causes.numbers.any()):
        return said, errors
    texts = [text or None for text in causes.texts]
    for row, position in enumerate(positions):
        failure = failures.get(status.keys[position] or "")
        said[row] = texts[int(causes.numbers[position])]
        if position in runs:
            said[row] = f"planned by the run {runs[position]}"
        elif failure is not None and failure.kind == "failed":
            errors[row] = _error(failure)
            said[row] = f"raised {failure.error_type}"
        elif failure is not None:
            said[row] = f"for want of {some_names(failure.missing)}" if failure.missing else failure.message
    return said, errors


def _error(failure: FailureInShort) -> str:
    first = (failure.message.strip().splitlines() or [""])[0][:LONGEST_MESSAGE]
    return f"{failure.error_type}: {first}" if first else str(failure.error_type)
