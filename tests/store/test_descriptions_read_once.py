"""What a store knows of assets is read again when this connection, another one or a child process wrote."""

from __future__ import annotations

from pathlib import Path

from notebook_assets import AssetKey, Instance
from notebook_assets.store import AssetDescription
from notebook_assets.store.descriptions_read import DescriptionsRead


def groups(instance: Instance) -> dict[str, str | None]:
    """The group of each asset that a store knows."""
    return {key.name: each.group for key, each in instance.asset_descriptions().items()}


def test_what_two_connections_write_is_seen_by_both(tmp_path: Path) -> None:
    """Each sees what it wrote itself, and what the other one wrote."""
    with Instance(tmp_path) as one, Instance(tmp_path) as other:
        assert [groups(one), groups(other)] == [{}, {}]
        one.describe_assets([AssetDescription(AssetKey("a"), group="first")])
        assert [groups(one), groups(other)] == [{"a": "first"}] * 2
        other.describe_assets([AssetDescription(AssetKey("a"), group="second")])
        assert [groups(one), groups(other)] == [{"a": "second"}] * 2


def test_nothing_is_read_again_while_nothing_was_written(tmp_path: Path) -> None:
    """The rows are asked for once; whoever changes the dict that he got changes nobody else's."""
    asked: list[str] = []
    with Instance(tmp_path) as instance:
        instance.describe_assets([AssetDescription(AssetKey("a"))])
        known = DescriptionsRead(instance.database)
        with instance.database.read() as connection:
            connection.set_trace_callback(asked.append)
        known.all().clear()
        assert list(known.all()) == [AssetKey("a")]
        assert len([each for each in asked if "FROM assets" in each]) == 1
