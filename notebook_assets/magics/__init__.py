"""What a person types: the magics, read by :mod:`notebook_assets.magics.options`, on top of public functions."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from notebook_assets.magics.candidates import WorkspaceCandidates
from notebook_assets.magics.commands import AssetMagics
from notebook_assets.magics.completion import register
from notebook_assets.workspace import Workspace, set_workspace, workspace

__all__ = ["AssetMagics", "load", "unload"]


def load(shell: InteractiveShell) -> None:
    """Add the magics to a notebook, and keep its catalogue in step with its cells."""
    here = Workspace(lambda: shell.user_ns)
    set_workspace(here)
    shell.register_magics(AssetMagics(shell))
    register(shell, WorkspaceCandidates())
    unload(shell)
    shell.events.register("post_run_cell", _after_cell)
    here.catalogue  # noqa: B018  # what is defined already counts


def unload(shell: InteractiveShell) -> None:
    """Stop following the notebook's cells."""
    if _after_cell in shell.events.callbacks["post_run_cell"]:
        shell.events.unregister("post_run_cell", _after_cell)


def _after_cell(result: Any) -> None:
    workspace().catalogue  # noqa: B018  # looking brings it in step
