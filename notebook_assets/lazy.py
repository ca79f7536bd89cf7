"""Modules that load when first used, so that importing this package stays fast.

The one habit for heavy libraries, everywhere in the package::

    if TYPE_CHECKING:
        import numpy as np
    else:
        np = lazy_module("numpy")
"""

from __future__ import annotations

import importlib
from typing import Any


class LazyModule:
    """Stands for a module until an attribute of it is asked for; what was asked once is kept."""

    def __init__(self, name: str) -> None:
        self._lazy_name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__") and attribute.endswith("__"):  # inspection must not load anything
            raise AttributeError(attribute)
        value = getattr(importlib.import_module(self._lazy_name), attribute)
        self.__dict__[attribute] = value
        return value

    def __repr__(self) -> str:
        return f"<lazy module {self._lazy_name!r}>"


def lazy_module(name: str) -> Any:
    """Return a stand-in for the module ``name`` that imports it at the first attribute access.

    >>> json = lazy_module("json")
    >>> json.dumps([1, 2])
    '[1, 2]'
    """
    return LazyModule(name)
