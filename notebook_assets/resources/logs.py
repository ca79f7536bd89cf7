"""The logger that contexts hand out: what it is told shows below the cell, unless someone set up logging themselves."""

from __future__ import annotations

import logging
import sys
from functools import cache


class _ToStandardError(logging.Handler):
    """Writes to what is standard error at the time, which differs from cell to cell; nothing where others listen."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers:
            sys.stderr.write(f"{self.format(record)}\n")


@cache
def piece_log() -> logging.Logger:
    """Return the logger ``notebook_assets``, from the level INFO on unless another one was set.

    >>> piece_log().name
    'notebook_assets'
    """
    log = logging.getLogger("notebook_assets")
    if not log.handlers:
        log.addHandler(_ToStandardError())
        if log.level == logging.NOTSET:
            log.setLevel(logging.INFO)
    return log
