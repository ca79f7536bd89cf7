"""SelfShown: how definitions, subsets and mappings show themselves in a notebook; what they say stands elsewhere."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from notebook_assets.display import Rich, page, plain


@singledispatch
def shown(thing: object) -> Rich:
    """Return what a person wants to know of a thing in a few lines; each kind registers what it says.

    >>> shown(3)
    3
    """
    return plain(repr(thing))


class SelfShown:
    """Shows a value in a notebook, or in IPython, by :func:`shown`; ``repr`` stays what can be typed.

    >>> class Empty(SelfShown): ...
    >>> "nba-root" in Empty()._repr_html_()
    True
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return page(shown(self).html)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Print the same as text where IPython shows the value by itself; within a list, say, its ``repr``."""
        return {"text/plain": shown(self).text}
