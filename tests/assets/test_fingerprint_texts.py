"""The source of what a fingerprint names: functions, classes, plain numbers; nothing that may be a secret or fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest

from notebook_assets.assets.fingerprint import code_fingerprint
from notebook_assets.assets.fingerprint_texts import MOST_BYTES, part_text


class Limits:
    most = 3

    def low(self) -> int:
        return self.most


@dataclass
class Plain:
    most: int = 3


def with_source(source: str) -> Any:
    space: dict[str, Any] = {}
    exec(source, space)
    space["f"].__asset_source__ = source
    return space["f"]


def without_source() -> Any:
    space: dict[str, Any] = {}
    exec("def f():\n    return 1\n", space)
    return space["f"]


@pytest.mark.parametrize(
    ("named", "text"),
    [
        (Limits.low, "def low(self) -> int:\n    return self.most"),
        (Limits().low, "def low(self) -> int:\n    return self.most"),
        (Limits, "class Limits:\n    most = 3\n\n    def low(self) -> int:\n        return self.most"),
        (Plain, "class Plain:\n    most: int\n    most = 3"),
        (with_source("def f():\n    return 1\n"), "def f():\n    return 1"),
        (3, "3"),
        ((1, None, True), "(1, None, True)"),
        (date(2024, 3, 1), "datetime.date(2024, 3, 1)"),
        (without_source(), None),
        (with_source("def f(): ...\n#" + "x" * MOST_BYTES), None),
        ("a password", None),
        (("a password",), None),
        (list(range(1_000)), None),
        (partial(int, "3"), None),
    ],
)
def test_text_of_a_part(named: Any, text: str | None) -> None:
    assert part_text(named) == text


def test_text_that_is_no_valid_unicode_is_left_out() -> None:
    function = without_source()
    function.__asset_source__ = "def f():\n    return '\ud800'\n"
    assert part_text(function) is None


def test_a_value_that_fails_when_it_is_written_is_left_out() -> None:
    class Hostile(date):
        def __repr__(self) -> str:
            raise RuntimeError("no")

    Hostile.__module__ = "datetime"
    assert part_text(Hostile(2024, 3, 1)) is None


def test_sources_are_named_as_the_parts_are() -> None:
    limits = Limits()

    def rows() -> int:
        return limits.low()

    found = code_fingerprint(rows)
    assert set(found.sources()) <= set(found.parts)
    assert found.sources()["<body>"] == "def rows() -> int:\n    return limits.low()"
