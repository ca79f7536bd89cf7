"""The fixtures of a notebook, shared with the tests of the magics."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("magics_fixtures", Path(__file__).parents[1] / "magics" / "conftest.py")
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

in_process = _module.in_process
notebook = _module.notebook
weather = _module.weather
