"""StepText: a text that is kept while it is written, within a bound: of one that is too long, both ends."""

from __future__ import annotations

from notebook_assets.metadata.cutting import LONGEST_TEXT
from notebook_assets.run.tracebacks import writable

_NOTE = 128  # characters that the note of what is left out may take


class StepText:
    """Keeps the first and the last half of what is added to it, and counts the rest.

    Args:
        longest: The most characters that :meth:`text` gives, the note of what is left out included.

    >>> kept = StepText(longest=140)
    >>> for number in range(500):
    ...     kept.add(f"{number}.")
    >>> print(kept.text())
    0.1.2.
    [... 1,878 of 1,890 characters are left out ...]
    8.499.
    """

    __slots__ = ("_first", "_half", "_last", "_last_size", "_room", "dropped")

    def __init__(self, longest: int = LONGEST_TEXT) -> None:
        self._half = (longest - _NOTE) // 2
        self._room = self._half
        self._first: list[str] = []
        self._last: list[str] = []
        self._last_size = 0
        self.dropped = 0
        """How many characters were left out."""

    def add(self, text: str) -> None:
        """Add a text, which may be of any length."""
        if self._room:
            head, text = text[: self._room], text[self._room :]
            self._room -= len(head)
            self._first.append(head)
        if text:
            self._last.append(text)
            self._last_size += len(text)
            if self._last_size > 2 * self._half:
                self._shrink()

    def text(self) -> str:
        """Return what was added, without its middle where it is too long; what no UTF-8 can hold is written out."""
        self._shrink()
        first, last = "".join(self._first), "".join(self._last)
        if not self.dropped:
            return writable(first + last)
        total = len(first) + self.dropped + len(last)
        return writable(f"{first}\n[... {self.dropped:,} of {total:,} characters are left out ...]\n{last}")

    def ends(self) -> str:
        """Return what is kept of what was added: its first half and its last, one after the other."""
        self._shrink()
        return "".join([*self._first, *self._last])

    def _shrink(self) -> None:
        """Forget all but the end of what came after the first half."""
        if self._last_size > self._half:
            kept = "".join(self._last)[-self._half :]
            self.dropped += self._last_size - len(kept)
            self._last, self._last_size = [kept], len(kept)
