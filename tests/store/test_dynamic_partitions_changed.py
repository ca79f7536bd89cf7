"""Dynamic partitions are replaced, put in order and renamed at once, and what was made for them stays."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetDep,
    AssetExecutionContext,
    AssetIn,
    Definitions,
    DynamicPartitionsDefinition,
    FilesystemIOManager,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import statuses
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, UnknownPartitionError
from notebook_assets.store import Instance, dynamic_renaming

EPISODES = DynamicPartitionsDefinition(name="episodes")


@pytest.mark.parametrize(
    ("before", "wanted", "are_only_added"),
    [
        ([], ["a"], True),
        (["a", "b"], ["a", "b", "c"], True),
        (["a", "b"], ["b", "a"], False),
        (["a", "b"], ["c"], False),
        (["a", "b"], [], False),
        (["a", "b"], ["a", "b", "a"], True),
    ],
)
def test_keys_are_those_that_were_set_in_this_order(
    instance: Instance, before: list[str], wanted: list[str], are_only_added: bool
) -> None:
    instance.add_dynamic_partitions("episodes", before)
    known = instance.dynamic_keys("episodes")
    deletions = instance.db["dynamic_definitions"].count and next(instance.db["dynamic_definitions"].rows)["deletions"]
    instance.set_dynamic_partitions("episodes", wanted)
    assert instance.get_dynamic_partitions("episodes") == list(dict.fromkeys(wanted))
    after = next(instance.db["dynamic_definitions"].rows)["deletions"]
    assert (after == deletions) is are_only_added
    assert known.span(0, known.count) == before  # a snapshot stays what it was
    instance.add_dynamic_partitions("episodes", ["last"])
    assert instance.get_dynamic_partitions("episodes")[-1] == "last"


def test_a_key_that_can_not_be_one_changes_nothing(instance: Instance) -> None:
    instance.add_dynamic_partitions("episodes", ["a"])
    with pytest.raises(InvalidDefinitionError):
        instance.set_dynamic_partitions("episodes", ["b", ""])
    with pytest.raises(InvalidDefinitionError):
        instance.rename_dynamic_partition("episodes", "a", "")
    assert instance.get_dynamic_partitions("episodes") == ["a"]


def test_the_definition_id_changes_with_the_keys(instance: Instance) -> None:
    ids = [instance.get_dynamic_partitions_definition_id("episodes")]
    changes: list[Callable[[], None]] = [
        lambda: instance.add_dynamic_partitions("episodes", ["a", "b"]),
        lambda: instance.set_dynamic_partitions("episodes", ["b", "a"]),
        lambda: instance.rename_dynamic_partition("episodes", "a", "c"),
        lambda: instance.delete_dynamic_partition("episodes", "b"),
    ]
    for change in changes:
        change()
        ids.append(instance.get_dynamic_partitions_definition_id("episodes"))
    assert len(set(ids)) == len(ids)
    instance.add_dynamic_partitions("episodes", ["c"])  # is there already
    assert instance.get_dynamic_partitions_definition_id("episodes") == ids[-1]


def chain() -> list[Any]:
    """Return assets that are made by episode: from one another, and of two dimensions."""

    @asset(partitions_def=EPISODES)
    def episode(context) -> str:  # type: ignore[no-untyped-def]
        return str(context.partition_key)

    @asset(partitions_def=EPISODES, ins={"episode": AssetIn()})
    def scenes(episode: str) -> str:
        return episode + "!"

    @asset(partitions_def=MultiPartitionsDefinition({"z": StaticPartitionsDefinition(["ep1", "x"]), "e": EPISODES}))
    def both() -> int:
        return 1

    return [episode, scenes, both]


def test_what_was_made_for_a_key_keeps_its_state_and_value_under_its_new_name(instance: Instance) -> None:
    assets = chain()
    instance.add_dynamic_partitions("episodes", ["ep1", "ep2"])
    for key in ("ep1", "ep2"):
        assert materialize(assets[:2], partition_key=key, instance=instance, progress=False).success
    for key in ("ep1|ep1", "ep1|x", "ep2|ep1"):
        assert materialize(assets[2:], partition_key=key, instance=instance, progress=False).success
    instance.rename_dynamic_partition("episodes", "ep1", "pilot")
    assert instance.get_dynamic_partitions("episodes") == ["pilot", "ep2"]
    assert (instance.load("episode", "pilot"), instance.load("scenes", "pilot")) == ("ep1", "ep1!")
    assert instance.pieces("scenes").partitions == ["ep2", "pilot"]
    assert instance.pieces("both").partitions == ["ep2|ep1", "pilot|ep1", "pilot|x"]
    states = statuses(AssetGraph(assets), instance)
    assert {str(state) for each in assets[:2] for state in states[each.key].all_states()} == {"materialized"}


def test_renaming_is_refused_where_it_would_mix_two_keys(instance: Instance) -> None:
    [episode, *_] = chain()
    instance.add_dynamic_partitions("episodes", ["ep1", "ep2", "gone"])
    for key in ("ep1", "gone"):
        materialize([episode], partition_key=key, instance=instance, progress=False)
    instance.delete_dynamic_partition("episodes", "gone")
    with pytest.raises(UnknownPartitionError, match=r"no key 'ep3'.*ep1"):
        instance.rename_dynamic_partition("episodes", "ep3", "x")
    with pytest.raises(InvalidInvocationError, match="have a key 'ep2' already"):
        instance.rename_dynamic_partition("episodes", "ep1", "ep2")
    with pytest.raises(InvalidInvocationError, match=r"episode\[gone\] was recorded already"):
        instance.rename_dynamic_partition("episodes", "ep1", "gone")
    assert instance.get_dynamic_partitions("episodes") == ["ep1", "ep2"]
    instance.wipe("episode", "gone")
    instance.rename_dynamic_partition("episodes", "ep1", "gone")
    assert instance.load("episode", "gone") == "ep1"


@pytest.mark.parametrize("renamed", ["a", "b", "d"])
def test_what_was_made_from_all_keys_is_not_stale_when_one_of_them_gets_another_name(
    instance: Instance, renamed: str
) -> None:
    [episode, *_] = chain()

    @asset(ins={"episode": AssetIn()})
    def season(episode: dict[str, str]) -> int:
        return len(episode)

    instance.add_dynamic_partitions("episodes", ["a", "b", "c", "d"])
    for key in ("a", "b", "c", "d"):
        materialize([episode], partition_key=key, instance=instance, progress=False)
    materialize([season], instance=instance, progress=False)
    instance.rename_dynamic_partition("episodes", renamed, "x")
    assert statuses(AssetGraph([episode, season]), instance)[season.key].all_states() == ["materialized"]
    instance.delete_dynamic_partition("episodes", "c")
    assert statuses(AssetGraph([episode, season]), instance)[season.key].all_states() == ["stale"]


def test_renaming_is_refused_where_an_io_manager_keeps_the_values_until_they_are_moved(
    instance: Instance, tmp_path: Path
) -> None:
    @asset(partitions_def=EPISODES, io_manager_key="files")
    def scenes(context: AssetExecutionContext) -> str:
        return context.partition_key

    definitions = Definitions([scenes], resources={"files": FilesystemIOManager(base_dir=str(tmp_path / "kept"))})
    instance.add_dynamic_partitions("episodes", ["ep1", "ep2", "ep3"])
    for key in ("ep1", "ep2"):
        assert materialize(
            [scenes], partition_key=key, instance=instance, resources=dict(definitions.resources or {}), progress=False
        ).success
    with pytest.raises(InvalidInvocationError, match=r"scenes\[ep1\] is kept.*'files'.*values_moved=True"):
        instance.rename_dynamic_partition("episodes", "ep1", "pilot")
    assert instance.get_dynamic_partitions("episodes") == ["ep1", "ep2", "ep3"]
    [kept] = (tmp_path / "kept").rglob("ep1")
    kept.rename(kept.with_name("pilot"))
    instance.rename_dynamic_partition("episodes", "ep1", "pilot", values_moved=True)
    assert definitions.load_asset_value("scenes", partition_key="pilot", instance=instance) == "ep1"
    instance.rename_dynamic_partition("episodes", "ep3", "last")  # nothing was made of it
    instance.wipe("scenes", "ep2")
    instance.rename_dynamic_partition("episodes", "ep2", "second")
    assert instance.get_dynamic_partitions("episodes") == ["pilot", "second", "last"]


def test_renaming_warns_where_the_store_keeps_no_values(instance: Instance) -> None:
    instance.add_dynamic_partitions("episodes", ["ep1", "ep2"])
    run = instance.begin_run()
    [episode, *_] = chain()
    materialize([episode], partition_key="ep1", instance=instance, progress=False)
    instance.record_materialization("episode", "ep2", run_id=run)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        instance.rename_dynamic_partition("episodes", "ep1", "pilot")
    with pytest.warns(UserWarning, match=r"no values of episode for 'second'.*under 'ep2'"):
        instance.rename_dynamic_partition("episodes", "ep2", "second")


def test_renaming_hashes_each_key_once_however_many_pieces_read_all_of_them(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = dynamic_renaming._hash
    monkeypatch.setattr(dynamic_renaming, "_hash", lambda key: hashed.append(key) or real(key))
    [episode, *_] = chain()

    @asset(partitions_def=EPISODES, deps=[AssetDep(episode, partition_mapping=AllPartitionMapping())])
    def scenes() -> int:
        return 1

    keys = [f"k{number}" for number in range(60)]
    instance.add_dynamic_partitions("episodes", keys)
    assert materialize([episode, scenes], partitions="all", instance=instance, progress=False).success
    instance.rename_dynamic_partition("episodes", "k7", "x")
    assert len(hashed) < 2 * len(keys)
    states = statuses(AssetGraph([episode, scenes]), instance)
    assert {str(state) for each in (episode, scenes) for state in states[each.key].all_states()} == {"materialized"}
