"""What the store refuses because of what one piece gave, not because of the state it is in itself."""

from __future__ import annotations

import sqlite3

from notebook_assets.errors import StoreError


class StoreTakesNoMore(BaseException):
    """The store refuses a value while a call goes on in a worker: the run ends, as where the call is made here.

    Args:
        error: What the store said.

    >>> StoreTakesNoMore(StoreError("the disk is full")).error
    StoreError('the disk is full')
    """

    def __init__(self, error: StoreError) -> None:
        super().__init__(str(error))
        self.error = error


def is_about_one_piece(error: StoreError) -> bool:
    """Whether the store can go on: the metadata, tags or version of one piece are too large, or no valid Unicode.

    >>> is_about_one_piece(StoreError("the disk is full"))
    False
    """
    return isinstance(error.__cause__, UnicodeEncodeError | sqlite3.DataError)
