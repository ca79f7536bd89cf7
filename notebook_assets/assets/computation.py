"""Computation: what a definition that no op and no graph stands behind computes its assets by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Computation:
    """What a definition computes its assets by, where it was made from no op and no graph: its function, with a name.

    >>> Computation("daily", len).name
    'daily'
    """

    name: str
    fn: Callable[..., Any]
    tags: Mapping[str, Any] | None = None
