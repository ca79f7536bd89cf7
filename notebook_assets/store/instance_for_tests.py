"""instance_for_test: a store for a test, which is also the one that everything finds meanwhile."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from notebook_assets.store.folder import HOME_VARIABLE
from notebook_assets.store.instance import Instance


@contextmanager
def instance_for_test(*, set_home: bool = True, temp_dir: str | Path | None = None) -> Iterator[Instance]:
    """Give a store of its own to what is within; it is closed at the end, and deleted unless a folder was given.

    Args:
        set_home: Whether ``Instance.get()``, and so everything that is not told of a store, uses it meanwhile.
        temp_dir: Its folder; by default a temporary one.

    >>> with instance_for_test() as instance:
    ...     Instance.get().folder == instance.folder
    True
    """
    before = os.environ.get(HOME_VARIABLE)
    with ExitStack() as stack:
        folder = temp_dir or stack.enter_context(tempfile.TemporaryDirectory(prefix="notebook-assets-"))
        if set_home:
            stack.callback(_set_home, before)
            _set_home(str(Path(folder).absolute()))
        yield stack.enter_context(Instance.get() if set_home else Instance(folder))


def _set_home(folder: str | None) -> None:
    if folder is None:
        os.environ.pop(HOME_VARIABLE, None)
    else:
        os.environ[HOME_VARIABLE] = folder
