"""SelfShown: how definitions, subsets and mappings show themselves in a notebook; what they say stands elsewhere."""

from __future__ import annotations

from functools import singledispatch

from notebook_assets.display import Rich, page, plain


@singledispatch
def shown(thing: object) -> Rich:
    """Return what a person wants to know of a thing in a few lines; each kind registers what it says.

    >>> shown(3)
    3
    """
    return plain(repr(thing))


class SelfShown:
    """Shows a value in a notebook by :func:`shown`; ``repr`` stays what can be typed.

    >>> class Empty(SelfShown): ...
    >>> "nba-root" in Empty()._repr_html_()
    True
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return page(shown(self).html)
