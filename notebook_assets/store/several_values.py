"""Values of several partitions at once: those that the store keeps, those of IO managers, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from notebook_assets.errors import EmptyPieceError, NeverMaterializedError, UnknownAssetError, ValueNotFoundError
from notebook_assets.keys import AssetKey
from notebook_assets.store.database import chunks
from notebook_assets.store.load_options import Missing
from notebook_assets.store.no_value import lacking, piece_name
from notebook_assets.store.reading import StoreReader
from notebook_assets.store.value_rows import ValueRow, read_packed

Fallback: TypeAlias = Callable[..., Any]
"""Called as ``fallback(key, partition)`` for what the store does not keep itself (source assets, other IO managers,
assets that it has never heard of), with those of ``python_type=``, ``metadata=`` and ``resource_config=`` that were
given. It raises ``ValueNotFoundError`` or ``UnknownAssetError`` where it has nothing either."""
SeveralFallback: TypeAlias = Callable[..., Mapping[str, Any] | None]
"""Called as ``several(key, partitions)`` likewise: gives the values by key where all can be loaded by one call."""

_ROWS_AT_ONCE = 500


class SeveralValues:
    """What a loader needs to load several partitions of an asset.

    Args:
        store: The store.
        fallback: What loads values that the store does not keep itself.
        several: What loads several of them by one call.

    >>> from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
    >>> @asset(partitions_def=StaticPartitionsDefinition(["a", "b"]))
    ... def letters(context): return context.partition_key
    >>> store = Instance.ephemeral()
    >>> _ = materialize([letters], partitions="all", instance=store, progress=False)
    >>> SeveralValues(store, None, None).load(letters.key, ["a", "b"], "raise", {}, elsewhere=False)
    {'a': 'a', 'b': 'b'}
    """

    def __init__(self, store: StoreReader, fallback: Fallback | None, several: SeveralFallback | None) -> None:
        self._store = store
        self._fallback = fallback
        self._several = several

    def load(
        self, key: AssetKey, wanted: Sequence[str], missing: Missing, options: Mapping[str, Any], *, elsewhere: bool
    ) -> dict[str, Any]:
        """Return the values by key, in order; once one is missing that must not be, none is read.

        Args:
            key: The asset.
            wanted: The partitions.
            missing: What to do where there is no value.
            options: What IO managers are told.
            elsewhere: Whether an IO manager may have what the store knows nothing of.

        Raises:
            ValueNotFoundError: Some have none, and ``missing`` is ``"raise"``.
            StoreError: A value is broken or untrusted.
        """
        values: dict[str, Any] = {}
        never: list[str] = []
        unkept: list[str] = []
        for part in chunks(wanted, _ROWS_AT_ONCE):
            rows = {row.partition: row for row in self._store.value_rows(key, part)}
            at_once = self._at_once(key, part, rows, options, elsewhere=elsewhere)
            for partition in part:
                row = rows.get(partition)
                if partition in at_once:
                    values[partition] = at_once[partition]
                    continue
                if (never or unkept) and missing == "raise" and not elsewhere:  # only count what else is lacking
                    if row is None or not row.kind:
                        never.append(partition)
                    elif not row.has_value and row.kind != "empty":
                        unkept.append(partition)
                    continue
                try:
                    values[partition] = self._value(key, partition, row, options, elsewhere=elsewhere)
                except EmptyPieceError:
                    continue
                except (ValueNotFoundError, FileNotFoundError):
                    (unkept if row is not None and row.kind else never).append(partition)
                    if missing == "none":
                        values[partition] = None
        if (never or unkept) and missing == "raise":
            raise lacking(key, never, unkept, len(wanted))
        return values

    def _at_once(
        self,
        key: AssetKey,
        part: Sequence[str],
        rows: Mapping[str, ValueRow],
        options: Mapping[str, Any],
        *,
        elsewhere: bool,
    ) -> Mapping[str, Any]:
        """Return those that an IO manager loads by one call; none where it can't, or where one of them is missing."""
        if self._several is None:
            return {}
        theirs = [partition for partition in part if _is_elsewhere(rows.get(partition), elsewhere=elsewhere)]
        if len(theirs) < 2:
            return {}
        try:
            found = self._several(key, theirs, **options)
        except (ValueNotFoundError, FileNotFoundError, UnknownAssetError):
            return {}  # one by one it is seen which
        return found if found is not None and set(found) >= set(theirs) else {}

    def _value(
        self, key: AssetKey, partition: str, row: ValueRow | None, options: Mapping[str, Any], *, elsewhere: bool
    ) -> Any:
        if row is not None and row.has_value:
            return self._store.value_in(key, row, read_packed)
        if row is not None and row.kind == "empty":
            raise EmptyPieceError(piece_name(key, partition))
        if self._fallback is not None and _is_elsewhere(row, elsewhere=elsewhere):
            try:
                return self._fallback(key, partition, **options)
            except UnknownAssetError:  # the store knows it, the notebook does not
                if row is None or row.kind != "materialization":
                    raise
        raise NeverMaterializedError(piece_name(key, partition))


def _is_elsewhere(row: ValueRow | None, *, elsewhere: bool) -> bool:
    """Whether an IO manager is to be asked for a value."""
    if row is None or not row.kind:
        return elsewhere
    return not row.has_value and (row.kind == "materialization" or (elsewhere and row.kind != "empty"))
