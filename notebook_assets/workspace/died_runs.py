"""What is said once of runs that died with their process, when a notebook first uses a store."""

from __future__ import annotations

import logging
from itertools import takewhile
from pathlib import Path

from notebook_assets.display import count
from notebook_assets.errors import StoreError
from notebook_assets.store import Instance
from notebook_assets.store.run_summaries import run_summaries
from notebook_assets.workspace.unfinished_runs import is_all_made

_log = logging.getLogger("notebook_assets")
_looked_at: set[Path] = set()


def say_once_what_died(store: Instance) -> None:
    """Say of the latest run of a store that it died with its process, if it did and no other went on with it; once.

    Args:
        store: The store.

    >>> say_once_what_died(Instance.ephemeral())
    """
    if store.folder not in _looked_at:
        _looked_at.add(store.folder)
        if said := what_died(store):
            _log.warning("%s", said)


def what_died(store: Instance) -> str:
    """Return a line about the latest runs of a store if they died with their process; "" if the latest did not.

    Args:
        store: The store.

    >>> what_died(Instance.ephemeral())
    ''
    """
    try:
        latest = run_summaries(store, 10)
    except StoreError:  # who uses the store next is told
        return ""
    died = [run for run in takewhile(lambda run: run.status == "interrupted", latest) if run.is_left]
    died = [run for run in died if not is_all_made(store, run.run_id)]
    if not died:
        return ""
    run = died[0]
    others = f" So {'was' if len(died) == 2 else 'were'} {len(died) - 1} before it." if len(died) > 1 else ""
    return (
        f"The run {run.run_id[:8]} of {run.selection} was interrupted: {count(run.made + run.empty)} of "
        f"{count(run.planned)} made; %resume (or resume()) goes on.{others}"
    )
