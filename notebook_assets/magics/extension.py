"""The extension of a shell: its magics, their completion, and the catalogue that follows its cells."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from notebook_assets.magics.candidates import WorkspaceCandidates
from notebook_assets.magics.commands import AssetMagics
from notebook_assets.magics.completion import register, unregister
from notebook_assets.magics.specs import MAGICS
from notebook_assets.workspace import Workspace, set_workspace, workspace
from notebook_assets.workspace.plain_errors import show_errors_in_full, show_errors_plainly


class ShellWorkspace(Workspace):
    """The workspace of one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(lambda: shell.user_ns)
        self.shell = shell


def load(shell: InteractiveShell) -> None:
    """Add the magics to a notebook, and keep its catalogue in step with its cells.

    Loading again keeps the catalogue: a definition whose name means something else by now is found nowhere else.
    """
    unload(shell)
    here = workspace()
    if not isinstance(here, ShellWorkspace) or here.shell is not shell:
        set_workspace(ShellWorkspace(shell))
    shell.register_magics(AssetMagics(shell))
    register(shell, WorkspaceCandidates())
    shell.events.register("post_run_cell", _after_cell)
    show_errors_plainly()
    workspace().catalogue  # noqa: B018  # what is defined already counts


def unload(shell: InteractiveShell) -> None:
    """Take the magics and their completion away, and stop following the notebook's cells."""
    if _after_cell in shell.events.callbacks["post_run_cell"]:
        shell.events.unregister("post_run_cell", _after_cell)
    unregister(shell)
    show_errors_in_full()
    for magic in MAGICS:
        for kind in ("line", "cell"):
            found = shell.magics_manager.magics[kind].get(magic.bare_name)
            if isinstance(getattr(found, "__self__", None), AssetMagics):
                del shell.magics_manager.magics[kind][magic.bare_name]


def _after_cell(result: Any) -> None:
    workspace().catalogue  # noqa: B018  # looking brings it in step
