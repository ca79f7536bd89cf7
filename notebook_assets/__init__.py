"""Software-defined assets and partitions that live in a Jupyter notebook.

The public names, and the notebook extension: ``%load_ext notebook_assets``. Each name is imported when it is first
asked for, so that importing the package costs next to nothing; ``__init__.pyi`` lists them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import lazy_loader

from notebook_assets.errors import did_you_mean
from notebook_assets.not_here import advice_for

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"

_public_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

_BRAND = "Dagster"


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Add the magics to a notebook; called by ``%load_ext notebook_assets``."""
    importlib.import_module("notebook_assets.magics").load(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Stop following the notebook's cells; called by ``%unload_ext notebook_assets``."""
    importlib.import_module("notebook_assets.magics").unload(ipython)


def __getattr__(name: str) -> Any:
    """Return a public name; those under which the reference has the same things, such as ``DagsterInstance``, too."""
    plain = name.replace(_BRAND, "").replace(f"{_BRAND.lower()}_", "")
    if plain != name and plain in __all__:
        name = plain
    try:
        return _public_name(name)
    except AttributeError:
        advice = advice_for(plain)
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}."
            f"{did_you_mean(name, __all__) if advice is None else f' {advice}'} "
            "docs/public_names.md says of each of Dagster's names whether it is here.",
            name=name,
        ) from None
