"""docs/public_names.md says of every name truly whether it is here."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import dagster
import pytest

import notebook_assets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "public_names.md"
ROWS = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
REASONS = ("yes", "later: ", "no: ")


def is_here(name: str) -> bool:
    """Whether a public name, or an attribute, a field or a parameter of one, is here."""
    owner, _, member = name.partition(".")
    found: Any = getattr(notebook_assets, owner, None)
    if found is None or not member:
        return found is not None
    fields = {**getattr(found, "__dataclass_fields__", {}), **getattr(found, "__annotations__", {})}
    return hasattr(found, member) or member in fields or member in inspect.signature(found).parameters


def test_the_table_has_rows_of_names_and_members() -> None:
    """So that the tests below have something to look at; none stands there twice."""
    names = [name for name, _ in ROWS]
    assert len(names) == len(set(names)) > 300
    assert {"asset", "Definitions", "AssetSelection.roots", "DagsterInstance"} <= set(names)


@pytest.mark.parametrize(("name", "word"), ROWS, ids=[name for name, _ in ROWS])
def test_a_row_is_true(name: str, word: str) -> None:
    """What is said to be here is, what is said not to be is not, with a reason. Else correct the row."""
    assert word.startswith(REASONS)
    assert is_here(name) == (word == "yes")


@pytest.mark.parametrize("name", sorted(notebook_assets.__all__))
def test_what_the_reference_has_too_is_in_the_table(name: str) -> None:
    """A name of ours that the reference has, with its brand or without, has a row."""
    listed = {entry.removeprefix("Dagster") for entry, _ in ROWS}
    has = any(hasattr(dagster, each) for each in (name, f"Dagster{name}"))
    assert name in listed or not has, "Add a row to docs/public_names.md."
