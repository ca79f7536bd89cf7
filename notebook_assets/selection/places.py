"""A place in a selection's text, marked by a caret in errors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A position in a text, in characters from its start.

    >>> print(Place("a or or b", 5).marked())
      a or or b
           ^
    """

    text: str
    position: int

    def marked(self) -> str:
        """Return the line of the text with a caret below the position."""
        start = self.text.rfind("\n", 0, self.position) + 1
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else None]
        return f"  {line}\n  {' ' * (self.position - start)}^"
