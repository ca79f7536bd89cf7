"""A file that stands where a folder is needed: an IO manager's own gives way once there is more, others stay."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from notebook_assets.errors import StoreError


@contextmanager
def giving_way(file: Any, make_folder: Callable[[], None], unlink: Callable[[Any], None]) -> Iterator[None]:
    """Put a file aside while something is written below a folder of its name; then remove it, or put it back.

    Args:
        file: The file, which is the writer's own.
        make_folder: Makes the folder, or one below it.
        unlink: Removes a file.

    Raises:
        OSError: It can't be put aside, or the folder can't be made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     daily = Path(folder, "daily")
    ...     _ = daily.write_text("all")
    ...     with giving_way(daily, daily.mkdir, Path.unlink):
    ...         _ = Path(daily, "monday").write_text("one")
    ...     [path.name for path in Path(folder).rglob("*")]
    ['daily', 'monday']
    """
    aside = file.with_name(f".{os.urandom(8).hex()}.aside")
    if not _put_aside(file, aside):
        make_folder()
        yield
        return
    try:
        make_folder()
        yield
    except BaseException:
        _remove_empty(file)
        if not file.exists():  # else another writer put something into it meanwhile, and the old file stays aside
            aside.rename(file)
        raise
    unlink(aside)


def _put_aside(file: Any, aside: Any) -> bool:
    """Give a file another name; False where another writer did so meanwhile: a folder of its name stays where it is."""
    try:
        if not isinstance(file, Path):
            raise NotImplementedError
        os.link(file, aside)
    except FileNotFoundError:
        return False
    except (OSError, NotImplementedError):  # a folder by now, or no links on this file system
        if not file.is_file():
            return False
        file.rename(aside)
        return True
    try:
        file.unlink()
    except OSError:
        aside.unlink()
        if file.is_file():
            raise
        return False
    return True


def _remove_empty(folder: Any) -> None:
    """Remove a folder that holds only folders which are empty."""
    with suppress(OSError):
        for each in folder.iterdir():
            if each.is_dir():
                _remove_empty(each)
        folder.rmdir()


def in_the_way(base: Any, folder: Any, what: str) -> StoreError | None:
    """Return the error for a file that stands where a folder is needed; None if there is none.

    Args:
        base: The folder of the IO manager.
        folder: The folder that is needed, below it.
        what: What is to be stored.

    >>> in_the_way(Path("values"), Path("values/daily"), "daily[monday]")
    """
    below = [folder, *folder.parents]
    if base in below:
        below = below[: below.index(base)]
    file = next((each for each in below if each.is_file()), None)
    if file is None:
        return None
    whose = "/".join(file.parts[len(base.parts) :])
    return StoreError(
        f"{what} needs a folder at {str(file)!r}, where there is a file that this IO manager did not write for it: the "
        f"value of the asset {whose!r}, if there is one of that key, else a file of someone else. Move or rename it, "
        "rename one of the two assets, or give one of them another folder."
    )
