"""What a run in the background needs between cells: that what its steps print goes on being caught."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from notebook_assets.lazy import lazy_module
from notebook_assets.run.step_output import catch_again

if TYPE_CHECKING:
    import asyncio
else:
    asyncio = lazy_module("asyncio")


_ONCE: list[Callable[[], object]] = []


def after_next_cell(call: Callable[[], object]) -> None:
    """Have something called, once, when a cell is over the next time.

    Args:
        call: What is called.

    >>> after_next_cell(lambda: None)
    """
    _ONCE.append(call)


def follow_cells() -> None:
    """See to it after each cell from now on: at its end the notebook takes away what it put in place, and more.

    >>> follow_cells()
    """
    shell = get_ipython()
    if shell is not None and _after_cell not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _after_cell)


def _after_cell(result: Any) -> None:
    calls, _ONCE[:] = list(_ONCE), []
    for call in calls:
        call()
    with suppress(RuntimeError):  # a shell without a loop is no notebook
        asyncio.get_running_loop().call_soon(catch_again)  # the cell is not quite at its end yet
