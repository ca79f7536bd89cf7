"""JoinedTexts: a column of texts as SQLite joins it, taken apart only where single ones are asked for."""

from __future__ import annotations

from collections.abc import Sequence

SEPARATOR = "\x1f"
"""Stands between two texts; keys, codes and subsets hardly ever hold it, and where one does, that is found out."""


class JoinedTexts:
    """A column of texts, one for each row.

    Args:
        joined: The texts with :data:`SEPARATOR` between them.
        count: How many they are.

    >>> JoinedTexts.of(["a", "b"]).is_same(["a", "b"]), JoinedTexts("a\\x1fb", 2)[1], len(JoinedTexts.of([]))
    (True, 'b', 0)
    """

    __slots__ = ("_count", "_joined", "_texts")

    def __init__(self, joined: str, count: int) -> None:
        self._joined = joined
        self._count = count
        self._texts: list[str] | None = None

    @staticmethod
    def of(texts: list[str]) -> JoinedTexts:
        """Return texts as a column."""
        column = JoinedTexts("", len(texts))
        column._texts = texts
        return column

    @property
    def is_whole(self) -> bool:
        """Whether it can be taken apart: whether none of the texts holds the separator itself.

        >>> JoinedTexts("a\\x1fb", 1).is_whole
        False
        """
        return self._texts is not None or self._joined.count(SEPARATOR) == max(self._count - 1, 0)

    def is_same(self, others: Sequence[str]) -> bool:
        """Whether these are the texts, in this order."""
        if len(others) != self._count:
            return False
        return self._joined == SEPARATOR.join(others) if self._texts is None else self._texts == others

    def texts(self) -> list[str]:
        """Return the texts."""
        if self._texts is None:
            self._texts = self._joined.split(SEPARATOR) if self._count else []
        return self._texts

    def has_empty(self) -> bool:
        """Whether any of the texts is empty.

        >>> JoinedTexts.of(["a", ""]).has_empty(), JoinedTexts("a\\x1fb", 2).has_empty()
        (True, False)
        """
        if self._texts is not None:
            return "" in self._texts
        return f"{SEPARATOR}{SEPARATOR}" in f"{SEPARATOR}{self._joined}{SEPARATOR}" and self._count > 0

    def __getitem__(self, row: int) -> str:
        return self.texts()[row]

    def __len__(self) -> int:
        return self._count
