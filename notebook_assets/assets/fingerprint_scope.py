"""Whose code is it: the notebook's and the project's own, or an installed library's?

Own code is followed; a library's counts by its name. Own are the notebook (``__main__``), the package of the function
that is asked about, and modules whose file lies outside of Python's own folders and of site-packages: the
``helpers.py`` beside the notebook is one.
"""

from __future__ import annotations

import sys
import sysconfig
from functools import cache, lru_cache
from importlib.util import find_spec
from types import ModuleType

_THIS_PACKAGE = __name__.partition(".")[0]
_LIBRARY_FOLDERS = ("site-packages", "dist-packages")


def is_own_module(name: str, home: str) -> bool:
    """Whether code of the module ``name`` is followed for a function of the module ``home``.

    >>> is_own_module("__main__", "__main__"), is_own_module("project.clean", "project.assets")
    (True, True)
    >>> is_own_module("json", "__main__"), is_own_module("notebook_assets.keys", "__main__")
    (False, False)
    """
    top = name.partition(".")[0]
    if name == "__main__" or (top == home.partition(".")[0] and home != "__main__"):
        return True
    if top in sys.stdlib_module_names or top == _THIS_PACKAGE:
        return False
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None) if isinstance(module, ModuleType) else None
    return isinstance(file, str) and not _is_library_file(file)


def is_own_import(name: str, home: str) -> bool:
    """Whether a module that need not be loaded yet is own; it is not loaded for this, only looked for."""
    top = name.partition(".")[0]
    if top == "__main__" or (top == home.partition(".")[0] and home != "__main__"):
        return True
    return top not in sys.stdlib_module_names and top != _THIS_PACKAGE and _is_found_outside_libraries(top)


def module_version(name: str) -> str:
    """Return what a loaded module says of its version, or an empty string; nothing is loaded or looked up for it."""
    module = sys.modules.get(name.partition(".")[0])
    version = vars(module).get("__version__", "") if isinstance(module, ModuleType) else ""
    return version if isinstance(version, str) else ""


@lru_cache(maxsize=1_024)
def _is_found_outside_libraries(top: str) -> bool:
    try:
        spec = find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return False
    if spec is None:
        return False
    places = [spec.origin] if spec.has_location and spec.origin else list(spec.submodule_search_locations or ())
    return bool(places) and not any(_is_library_file(place) for place in places)


@lru_cache(maxsize=4_096)
def _is_library_file(file: str) -> bool:
    normalised = file.replace("\\", "/")
    if any(f"/{folder}/" in normalised for folder in _LIBRARY_FOLDERS):
        return True
    return any(normalised.startswith(folder) for folder in _python_folders())


@cache
def _python_folders() -> tuple[str, ...]:
    paths = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    return tuple({path.replace("\\", "/").rstrip("/") + "/" for path in paths if path})
