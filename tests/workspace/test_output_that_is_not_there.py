"""Why there is no output of a piece: it printed nothing, was never made, was skipped, or was made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import AssetMaterialization, Instance, StaticPartitionsDefinition, asset, materialize
from notebook_assets.workspace import step_output

LETTERS = StaticPartitionsDefinition(["loud", "quiet", "wrong", "reported", "never"])
MADE = ["loud", "quiet", "wrong"]


@asset(partitions_def=LETTERS)
def letter(context: Any) -> str:
    if context.partition_key == "loud":
        print("told")
    if context.partition_key == "wrong":
        raise ValueError
    return str(context.partition_key)


@asset(partitions_def=LETTERS)
def after(letter: str) -> str:
    return letter


@pytest.fixture
def store() -> Iterator[Instance]:
    with Instance.ephemeral() as instance:
        materialize([letter, after], partitions=MADE, instance=instance, progress=False, raise_on_error=False)
        instance.report_runless_asset_event(AssetMaterialization("letter", partition="reported"))
        yield instance


@pytest.mark.parametrize(
    ("key", "partition", "said"),
    [
        ("letter", "loud", "told\n"),
        ("letter", "quiet", "It printed and logged nothing."),
        ("letter", "wrong", "It printed and logged nothing."),
        ("letter", "never", "It was never made."),
        ("letter", "reported", "It was reported to have been made elsewhere; no run made it here."),
        ("after", "wrong", "It was skipped, so that nothing ran."),
    ],
)
def test_it_is_said_why_there_is_no_output(store: Instance, key: str, partition: str, said: str) -> None:
    assert repr(step_output(key, partition, instance=store)) == f"{key}[{partition}]\n{said}"


def test_an_asset_without_partitions_that_was_never_made_is_told_so() -> None:
    @asset
    def whole() -> int:
        return 1

    with Instance.ephemeral() as store:
        materialize([whole, letter], selection="letter", partitions=["quiet"], instance=store, progress=False)
        assert "It was never made." in repr(step_output("whole", instance=store))
