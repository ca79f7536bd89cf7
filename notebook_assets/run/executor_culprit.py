"""culprit: which variable of a function can't be handed to another process."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import cloudpickle
else:
    cloudpickle = lazy_module("cloudpickle")


def culprit(fn: Any) -> str:
    """Return a sentence that names which variable of a function can't be pickled; empty where none is found.

    >>> import threading
    >>> lock = threading.Lock()
    >>> def locked():
    ...     with lock: ...
    >>> culprit(locked)
    " It is the variable 'lock' that its function uses, of type lock."
    """
    try:
        used = inspect.getclosurevars(inspect.unwrap(fn))
    except (TypeError, ValueError):
        return ""
    for name, value in {**used.globals, **used.nonlocals}.items():
        try:
            cloudpickle.dumps(value)
        except Exception:
            return f" It is the variable {name!r} that its function uses, of type {type(value).__name__}."
    return ""
