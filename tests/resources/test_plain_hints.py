"""Annotations that need no evaluation are read as the standard library evaluates them; all others are left to it."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any, no_type_check

import pytest

from notebook_assets.resources.plain_hints import plain_hints


class Own:
    """A class of this module."""


def strings(rows: int, *, name: str = "", **more: object) -> None: ...


def classes(rows, error): ...


classes.__annotations__.update(rows=Own, error=ValueError)


def shadowing() -> Callable[..., Any]:
    names: dict[str, Any] = {"int": str}
    exec("def shadowed(rows: 'int'): ...", names)  # a module that has an int of its own
    return names["shadowed"]


def listed(rows: list[int]): ...


@no_type_check
def unchecked(rows: int): ...


@functools.wraps(strings)
def wrapping(*args: Any): ...


def missing(rows: NotThere): ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize("fn", [strings, classes, lambda: 0])
def test_what_is_plain(fn: Callable[..., Any]) -> None:
    assert plain_hints(fn) == typing.get_type_hints(fn) == typing.get_type_hints(fn, include_extras=True)


@pytest.mark.parametrize(
    "fn",
    [shadowing(), listed, unchecked, wrapping, missing, functools.partial(strings), Own, len],
    ids=lambda fn: getattr(fn, "__name__", type(fn).__name__),
)
def test_what_has_to_be_evaluated(fn: Callable[..., Any]) -> None:
    assert plain_hints(fn) is None
