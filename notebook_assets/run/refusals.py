"""What the store refuses because of what one piece gave, not because of the state it is in itself."""

from __future__ import annotations

import sqlite3

from notebook_assets.errors import StoreError


def is_about_one_piece(error: StoreError) -> bool:
    """Whether the store can go on: the metadata, tags or version of one piece are too large, or no valid Unicode.

    >>> is_about_one_piece(StoreError("the disk is full"))
    False
    """
    return isinstance(error.__cause__, UnicodeEncodeError | sqlite3.DataError)
