"""Where a store is: finding its folder as git finds its own, and making one."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from notebook_assets.errors import StoreNotWritableError

FOLDER_NAME = ".notebook_assets"
HOME_VARIABLE = "NOTEBOOK_ASSETS_HOME"
DATABASE_NAME = "store.db"
VALUES_NAME = "values"
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}


def find_folder(start: Path | None = None) -> Path:
    """Return the store's folder for work in ``start`` (default: the working directory); it need not exist yet.

    `NOTEBOOK_ASSETS_HOME` names it, else it is the nearest ``.notebook_assets`` in ``start`` or a folder above, up to
    the home folder (the root of the file system is never looked at), else ``.notebook_assets`` in ``start``.

    >>> find_folder(Path("/nowhere/at/all")).name in (".notebook_assets", os.environ.get(HOME_VARIABLE))
    True
    """
    override = os.environ.get(HOME_VARIABLE)
    if override:
        return Path(override).expanduser().absolute()
    origin = (start or Path.cwd()).absolute()
    home = Path.home()
    for folder in (origin, *origin.parents):
        if folder == folder.parent:
            break
        if (folder / FOLDER_NAME).is_dir():
            return folder / FOLDER_NAME
        if folder == home:
            break
    return origin / FOLDER_NAME


def make_folder(folder: Path) -> None:
    """Make the store's folder with its ``values`` and, where it is new or empty, a ``.gitignore`` of everything.

    Raises:
        StoreNotWritableError: The folder can't be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):  # never ignore what others keep in a folder that was there before
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        (folder / VALUES_NAME).mkdir(exist_ok=True)
    except OSError as error:
        raise StoreNotWritableError(not_writable(folder, error)) from error


def not_writable(folder: Path, error: BaseException) -> str:
    """Return what to tell a person when ``folder`` can't be written: it is full, or nobody may."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return disk_full(folder, error)
    return (
        f"The store in {str(folder)!r} can't be written: {error}. Make the folder writable, or put the store elsewhere "
        f"with the environment variable {HOME_VARIABLE} or Instance(folder)."
    )


def disk_full(folder: Path, error: BaseException) -> str:
    """Return what to tell a person when there is no room in ``folder``."""
    why = getattr(error, "strerror", None) or error
    return (
        f"The disk of the store {str(folder)!r} is full: {why}. What was recorded is kept. Free some room "
        "there, for example by instance.prune() or instance.wipe(asset), or put the store elsewhere with the "
        f"environment variable {HOME_VARIABLE} or Instance(folder)."
    )
