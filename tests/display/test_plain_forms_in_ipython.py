"""What IPython prints of definitions: the plain form of what a notebook shows; within other things their repr."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter

import notebook_assets as dg


@dg.asset(group_name="web")
def users():
    """People who were there."""
    return 1


def printed(thing: Any) -> str:
    """What IPython prints of a value, beside which it gives the HTML."""
    forms = DisplayFormatter().format(thing)[0]
    assert isinstance(thing, list) or "nba-root" in forms["text/html"]
    return str(forms["text/plain"])


@pytest.mark.parametrize(
    "thing",
    [
        users,
        dg.Definitions([users]),
        dg.AssetSelection.from_string("group:web"),
        dg.AssetSpec("a", group_name="web"),
        dg.DailyPartitionsDefinition("2024-01-01"),
        dg.LastPartitionMapping(),
        dg.define_asset_job("all"),
    ],
)
def test_a_definition_by_itself_is_printed_as_it_is_described(thing: Any) -> None:
    assert printed(thing) == dg.describe(thing).text
    assert printed(thing) != repr(thing)
    assert printed([thing]).replace("\n", "").startswith("[" + repr(thing)[:20])


def test_an_asset_is_printed_with_what_it_is() -> None:
    assert "People who were there." in printed(users)
    assert repr(users) == "<asset users>"
