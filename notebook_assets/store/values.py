"""The files under ``values/``: one for each materialization, written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from notebook_assets.errors import BrokenValueError, StoreNotWritableError
from notebook_assets.keys import AssetKey
from notebook_assets.store.folder import not_writable
from notebook_assets.store.names import file_name_for

LITTER_SUFFIX = ".part"
"""What a file ends in until it is whole."""

_OUR_PATH = re.compile(r"[A-Za-z0-9_=~-]+/[A-Za-z0-9_=~-]+\.[0-9a-f]+\.[a-z]+")


def is_value_path(path: str) -> bool:
    """Whether a path in the folder is one that a store writes.

    >>> is_value_path("daily/2013-01-01.0af3.txt"), is_value_path("../daily.txt")
    (True, False)
    """
    return _OUR_PATH.fullmatch(path) is not None


class ValueFiles:
    """The folder of value files of one store.

    Args:
        root: The folder ``values``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, key: AssetKey, partition: str, suffix: str, data: bytes) -> str:
        """Write ``data`` to a new file, first under another name, and return its path relative to the folder.

        Raises:
            StoreNotWritableError: It can't be written; nothing is left behind.
        """
        return self.write_chunks(key, partition, suffix, (data,))

    def write_chunks(self, key: AssetKey, partition: str, suffix: str, chunks: Iterable[bytes]) -> str:
        """Write what comes in chunks as :meth:`write` does."""
        folder = self.root / file_name_for(key.to_escaped_user_string())
        name = f"{file_name_for(partition)}.{os.urandom(8).hex()}.{suffix}"
        part = folder / (name + LITTER_SUFFIX)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with part.open("xb") as file:
                file.writelines(chunks)
            part.rename(folder / name)
        except BaseException as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise StoreNotWritableError(not_writable(self.root.parent, error)) from error
            raise
        return f"{folder.name}/{name}"

    def read(self, path: str, what: str) -> bytes:
        """Return the bytes of the file at ``path``, a relative path from the database; ``what`` is for the error.

        Raises:
            BrokenValueError: The file is gone or unreadable, or the path is none that this class made.
        """
        try:
            return self.locate(path, what).read_bytes()
        except OSError as error:
            raise BrokenValueError(
                f"The value of {what} can't be read from {path!r} in {str(self.root)!r}: {error.strerror}. "
                "Put the file back from a copy, or materialize it again."
            ) from error

    def locate(self, path: str, what: str) -> Path:
        """Return where ``path`` is; a path that could lead out of the folder is refused.

        Raises:
            BrokenValueError: The path is none that this class made.
        """
        if not is_value_path(path):
            raise BrokenValueError(f"The store's row of {what} names the value file {path!r}, which no store writes.")
        return self.root / path

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files that no row names any more; what can't be removed stays as litter."""
        for path in paths:
            if is_value_path(path):
                with suppress(OSError):
                    (self.root / path).unlink()

    def put_back(self, held: Mapping[str, bytes]) -> None:
        """Write files again that were just removed, as far as there is room."""
        for path, data in held.items():
            with suppress(OSError):
                (self.root / path).write_bytes(data)
