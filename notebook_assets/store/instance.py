"""Instance: one store, that is one folder with its database and its values."""

from __future__ import annotations

import shutil
import tempfile
import warnings
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.store.code_renaming import rename_row
from notebook_assets.store.code_versions import CodeTables
from notebook_assets.store.database import Database
from notebook_assets.store.folder import DATABASE_NAME, VALUES_NAME, find_folder, make_folder
from notebook_assets.store.formats import EncodedValue, encode
from notebook_assets.store.keeping import KeptStore
from notebook_assets.store.loader import AssetValueLoader, DefinitionLookup
from notebook_assets.store.recovering import recover
from notebook_assets.store.recovery_report import RecoveryReport
from notebook_assets.store.several_values import Fallback
from notebook_assets.store.status_tables import StatusTables
from notebook_assets.store.values import ValueFiles

if TYPE_CHECKING:
    import sqlite_utils
else:
    sqlite_utils = lazy_module("sqlite_utils")

_opened: dict[Path, Instance] = {}


class Instance(KeptStore):
    """A store: what was made, when and from what, and the values.

    Args:
        folder: Where it is; the folder is made when it is not there.

    Raises:
        StoreVersionError: The store was made by a newer version of this package.
        StoreNotWritableError: The folder can't be made or written.
        StoreError: Its database is damaged.

    >>> with Instance.ephemeral() as instance:
    ...     run = instance.begin_run(selection="daily", planned=1)
    ...     event = instance.record_materialization("daily", run_id=run, value=instance.encode([1, 2], "daily"))
    ...     instance.load("daily")
    [1, 2]
    """

    def __init__(self, folder: str | Path) -> None:
        self._set_up(Path(folder).expanduser().absolute(), synced=True)

    def _set_up(self, folder: Path, *, synced: bool) -> None:
        self.folder = folder
        database = folder / DATABASE_NAME
        if not database.exists() or not database.stat().st_size:  # an empty file is an empty database to SQLite
            make_folder(folder)
            _warn_of_values_without_rows(folder)
        super().__init__(Database(database, synced=synced), ValueFiles(folder / VALUES_NAME))
        self._explorable: sqlite_utils.Database | None = None
        self.codes = CodeTables(self.database, self._write, self._ids)
        self.status_tables = StatusTables(self.database, self._ids, self._keys)
        self._tidy_up()

    @staticmethod
    def get() -> Instance:
        """Return the store of the working directory, the same object as long as it is open.

        Its folder is the one that `NOTEBOOK_ASSETS_HOME` names, else the nearest ``.notebook_assets`` here or in a
        folder above (up to the home folder), else a new ``.notebook_assets`` here.
        """
        folder = find_folder()
        found = _opened.get(folder)
        if found is None or found.is_closed or not found.database.is_in_place():
            found = _opened[folder] = Instance(folder)
        return found

    @staticmethod
    def ephemeral() -> Instance:
        """Return a store in a temporary folder, which goes when it is closed or forgotten."""
        return _TemporaryInstance(Path(tempfile.mkdtemp(prefix="notebook-assets-")))

    @staticmethod
    def local_temp(folder: str | Path | None = None) -> Instance:
        """Return a store in ``folder``, which stays; in a temporary one, which goes with it, when none is given."""
        return Instance.ephemeral() if folder is None else Instance(folder)

    @staticmethod
    def recover(folder: str | Path) -> RecoveryReport:
        """Save what can be read of a damaged ``store.db`` into a new one; the damaged one is kept beside it.

        Close the store everywhere first. What was recorded but can't be read is missing afterwards, and is made again
        when it is asked for.

        Args:
            folder: The store.

        Returns:
            What was saved, table by table; nothing is changed where the database is whole.

        Raises:
            StoreVersionError: It was made by a newer version; nothing is changed.
            StoreError: There is no database, or another process has it locked.
        """
        return recover(Path(folder).expanduser().absolute())

    @property
    def is_ephemeral(self) -> bool:
        """Whether it goes when it is closed or forgotten."""
        return False

    @contextmanager
    def db_to_write(self) -> Iterator[sqlite_utils.Database]:
        """Give the database to change it by hand, which only someone does who knows what the tables mean.

        Everything that is kept is documented in docs/store.md. Make a copy of the store first.

        >>> with Instance.ephemeral() as instance, instance.db_to_write() as db:
        ...     _ = instance.begin_run(selection="daily")
        ...     _ = db.execute("UPDATE runs SET tags = ?", ['{"owner": "ann"}'])
        ...     instance.runs()[0].tags
        {'owner': 'ann'}
        """
        with closing(self.database.connect_to_write()) as connection:
            yield sqlite_utils.Database(connection)
        self._ids.forget()
        self._keys.clear()
        self._run_numbers.clear()

    @property
    def db(self) -> sqlite_utils.Database:
        """The database to explore, read-only: ``instance.db.query("select * from latest")``."""
        if self._explorable is None:
            self._explorable = sqlite_utils.Database(self.database.connect_to_read())
        return self._explorable

    @property
    def is_closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self.database.is_closed

    def encode(self, value: Any, where: str) -> EncodedValue:
        """Return ``value`` as bytes in the format that its type asks for; ``where`` names it in an error.

        Raises:
            UnsupportedValueError: No format can keep it.
        """
        return encode(value, where)

    def loader(
        self, *, fallback: Fallback | None = None, definitions: DefinitionLookup | None = None
    ) -> AssetValueLoader:
        """Return a loader that reads many values with one set-up; see :class:`AssetValueLoader`."""
        return AssetValueLoader(self, fallback=fallback, definitions=definitions)

    def rename(self, old: CoercibleToAssetKey, new: CoercibleToAssetKey) -> None:
        """Give an asset another key; all that was made of it, and what was made from it, stays as it is.

        Raises:
            UnknownAssetError: The store has never heard of ``old``.
            InvalidInvocationError: There is an asset ``new`` with a history of its own, or it is the same key.
        """
        self._follow_renames()
        before, after = AssetKey.from_coercible(old), AssetKey.from_coercible(new)
        asset_id = self._ids.find(before)
        if asset_id is None:
            raise self._unknown(before)
        if before == after:
            raise InvalidInvocationError(f"{before.to_user_string()!r} has that key already.")
        with self._write() as connection:
            rename_row(connection, asset_id, before, after)
        self._follow_renames()

    def close(self) -> None:
        """Close the store; it can't be used any more."""
        if self._explorable is not None:
            self._explorable.conn.close()
            self._explorable = None
        self._write_late_ends()
        self._locks.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[type[Instance], tuple[str]]:
        return Instance, (str(self.folder),)

    def __repr__(self) -> str:
        return f"Instance({str(self.folder)!r})"


class _TemporaryInstance(Instance):
    """A store whose folder goes when it is closed or forgotten."""

    def __init__(self, folder: Path) -> None:
        self._set_up(folder, synced=False)
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @property
    def is_ephemeral(self) -> bool:
        """That it goes when it is closed or forgotten."""
        return True

    def close(self) -> None:
        """Close the store and remove its folder."""
        super().close()
        self._remove()


def _warn_of_values_without_rows(folder: Path) -> None:
    left = sum(1 for _ in (folder / VALUES_NAME).glob("*/*"))
    if left:
        warnings.warn(
            f"{str(folder)!r} holds {left:,} value files but no {DATABASE_NAME}, or an empty one: a new one is made, "
            "which knows none of them. If it was lost by mistake, put a copy of it back before anything is "
            "materialized.",
            stacklevel=4,
        )
