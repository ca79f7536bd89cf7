"""Keys of dynamic partitions in the store: all or nothing, in the order of adding, seen by other processes at once."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, StoreError
from notebook_assets.partitions import DynamicPartitionsDefinition
from notebook_assets.store import Instance
from notebook_assets.store.database import CHUNK, Database
from notebook_assets.store.migrate import all_migrations, schema_version

EPISODES = DynamicPartitionsDefinition(name="episodes")


def test_keys_are_there_after_the_store_was_closed(tmp_path: Path) -> None:
    with Instance(tmp_path) as instance:
        instance.add_dynamic_partitions("episodes", ["b", "a"])
        instance.delete_dynamic_partition("episodes", "b")
    with Instance(tmp_path) as instance:
        assert instance.get_dynamic_partitions("episodes") == ["a"]
        instance.add_dynamic_partitions("episodes", ["b"])
        assert instance.get_dynamic_partitions("episodes") == ["a", "b"]


def test_names_do_not_mix(instance: Instance) -> None:
    instance.add_dynamic_partitions("one", ["a", "b"])
    instance.add_dynamic_partitions("two", ["b", "c"])
    instance.delete_dynamic_partitions("one", ["b"])
    assert instance.get_dynamic_partitions("one") == ["a"]
    assert instance.get_dynamic_partitions("two") == ["b", "c"]
    assert instance.get_dynamic_partitions("three") == []
    assert not instance.has_dynamic_partition("three", "a")
    instance.delete_dynamic_partitions("three", ["a"])


def test_a_wrong_key_adds_none(instance: Instance) -> None:
    with pytest.raises(InvalidDefinitionError, match="got ''"):
        instance.add_dynamic_partitions("episodes", ["a", "", "b"])
    assert instance.get_dynamic_partitions("episodes") == []


@pytest.mark.parametrize("keys", ["abc", 7, ["a...b"], ["a\tb"], ["a", 3], [None]])
def test_what_can_not_be_a_key_is_refused(instance: Instance, keys: object) -> None:
    for change in (instance.add_dynamic_partitions, instance.delete_dynamic_partitions):
        with pytest.raises(InvalidDefinitionError):
            change("episodes", keys)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", None, 3])
def test_a_name_is_a_text(instance: Instance, name: object) -> None:
    with pytest.raises(InvalidDefinitionError, match="Dynamic partitions have a name"):
        instance.add_dynamic_partitions(name, ["a"])  # type: ignore[arg-type]


def test_hostile_names_and_keys_are_texts_like_others(instance: Instance) -> None:
    name, keys = "'; DROP TABLE runs; --", ["a'b", '"', "%", "_", "é|ü", "1", "01", "a b", "../x", "NULL"]
    instance.add_dynamic_partitions(name, keys)
    assert instance.get_dynamic_partitions(name) == keys
    assert all(instance.has_dynamic_partition(name, key) for key in keys)
    assert not instance.has_dynamic_partition(name, "e")
    assert not instance.has_dynamic_partition(name, 1)  # type: ignore[arg-type]
    instance.delete_dynamic_partitions(name, keys[:-1])
    assert instance.get_dynamic_partitions(name) == ["NULL"]


def test_keys_given_twice_count_once(instance: Instance) -> None:
    instance.add_dynamic_partitions("episodes", ["a", "a", "b", "a"])
    instance.add_dynamic_partitions("episodes", ["c", "b", "c"])
    assert instance.get_dynamic_partitions("episodes") == ["a", "b", "c"]


def test_a_snapshot_is_the_same_object_until_something_changes(instance: Instance) -> None:
    instance.add_dynamic_partitions("episodes", ["a", "b"])
    first = instance.dynamic_keys("episodes")
    instance.add_dynamic_partitions("episodes", ["b", "a"])
    instance.delete_dynamic_partition("episodes", "x")
    instance.add_dynamic_partitions("others", ["c"])
    assert instance.dynamic_keys("episodes") is first
    instance.add_dynamic_partitions("episodes", ["c"])
    second = instance.dynamic_keys("episodes")
    assert (first.span(0, 9), second.span(0, 9)) == (["a", "b"], ["a", "b", "c"])
    assert second.has_positions_of(first)
    instance.delete_dynamic_partition("episodes", "a")
    third = instance.dynamic_keys("episodes")
    assert (second.span(0, 9), third.span(0, 9)) == (["a", "b", "c"], ["b", "c"])
    assert not third.has_positions_of(first)


def test_many_keys_in_one_call(instance: Instance) -> None:
    """Many times more than one SQL statement takes variables, in random order."""
    keys = [f"ep{number}" for number in range(60 * CHUNK)]
    random.Random(3).shuffle(keys)
    instance.add_dynamic_partitions("episodes", keys)
    assert instance.get_dynamic_partitions("episodes") == keys
    instance.delete_dynamic_partitions("episodes", keys[::2])
    instance.add_dynamic_partitions("episodes", keys[:4])
    assert instance.get_dynamic_partitions("episodes") == [*keys[1::2], keys[0], keys[2]]
    settled = EPISODES.settled(None, instance)
    assert len(settled.subset_with_partition_keys(keys[1::2])) == 30 * CHUNK


def test_pages_go_on_where_keys_were_deleted(instance: Instance) -> None:
    """The cursor's own key among them: nothing is left out, nothing comes twice."""
    instance.add_dynamic_partitions("episodes", list("abcdef"))
    page = instance.get_paginated_dynamic_partitions("episodes", 2, True)
    instance.delete_dynamic_partitions("episodes", ["a", "b", "c"])
    instance.add_dynamic_partitions("episodes", ["g"])
    rest = instance.get_paginated_dynamic_partitions("episodes", 9, True, page.cursor)
    assert (page.results, rest.results, rest.has_more) == (["a", "b"], ["d", "e", "f", "g"], False)
    after = instance.get_paginated_dynamic_partitions("episodes", 9, True, rest.cursor)
    assert (after.results, after.cursor, after.has_more) == ([], rest.cursor, False)
    instance.add_dynamic_partitions("episodes", ["h"])
    assert instance.get_paginated_dynamic_partitions("episodes", 9, True, after.cursor).results == ["h"]


def test_wrong_limits_and_cursors_are_refused(instance: Instance) -> None:
    for limit in (-1, None, "2", True):
        with pytest.raises(InvalidInvocationError, match="limit of a page"):
            instance.get_paginated_dynamic_partitions("episodes", limit, True)  # type: ignore[arg-type]
    with pytest.raises(InvalidInvocationError, match="no cursor"):
        instance.get_paginated_dynamic_partitions("episodes", 2, True, "x")


def test_another_connection_sees_each_change(tmp_path: Path) -> None:
    """Additions, a deletion, and a deletion with the same number of keys added."""
    with Instance(tmp_path) as one, Instance(tmp_path) as other:
        for change, keys, expected in [
            (one.add_dynamic_partitions, ["a", "b"], ["a", "b"]),
            (other.add_dynamic_partitions, ["c"], ["a", "b", "c"]),
            (one.delete_dynamic_partitions, ["a"], ["b", "c"]),
            (other.add_dynamic_partitions, ["a"], ["b", "c", "a"]),
            (other.delete_dynamic_partitions, ["b", "c", "a"], []),
            (one.add_dynamic_partitions, ["d"], ["d"]),
        ]:
            change("episodes", keys)
            assert one.get_dynamic_partitions("episodes") == expected
            assert other.get_dynamic_partitions("episodes") == expected
            assert EPISODES.get_partition_keys(dynamic_partitions_store=other) == expected


ADD = """
import sys
from notebook_assets.store import Instance

with Instance(sys.argv[1]) as instance:
    for number in range(100):
        instance.add_dynamic_partitions("episodes", [f"{sys.argv[2]}-{number}", f"common-{number}"])
"""


def test_two_processes_that_add_at_once_lose_nothing(
    tmp_path: Path, start_python: Callable[..., subprocess.Popen[str]]
) -> None:
    Instance(tmp_path).close()
    started = [start_python(ADD, tmp_path, name) for name in "ab"]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with Instance(tmp_path) as instance:
        keys = instance.get_dynamic_partitions("episodes")
        assert sorted(keys) == sorted(f"{name}-{number}" for name in ("a", "b", "common") for number in range(100))
        for name in ("a", "b", "common"):
            own = [int(key.split("-")[1]) for key in keys if key.startswith(f"{name}-")]
            assert own == sorted(own)


def test_threads_that_add_and_look_at_once(instance: Instance) -> None:
    """Every snapshot that any of them gets begins with all that it got before."""
    wrong: list[object] = []

    def work(name: str) -> None:
        before = instance.dynamic_keys("episodes")
        for number in range(50):
            instance.add_dynamic_partitions("episodes", [f"{name}-{number}"])
            now = instance.dynamic_keys("episodes")
            if not now.has_positions_of(before) or now.find(f"{name}-{number}") is None:
                wrong.append((name, number))
            before = now

    threads = [threading.Thread(target=work, args=[name]) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(set(instance.get_dynamic_partitions("episodes"))) == 150


def test_an_addition_that_fails_half_way_leaves_nothing(instance: Instance) -> None:
    """At a later row: no key is there, and the next addition works."""
    instance.add_dynamic_partitions("episodes", ["a"])

    with instance.database.read() as connection:
        connection.execute(
            "CREATE TEMP TRIGGER cut BEFORE INSERT ON dynamic_partitions WHEN new.partition = 'c' "
            "BEGIN SELECT RAISE(ABORT, 'half way'); END"
        )
    with pytest.raises(StoreError, match="half way"):
        instance.add_dynamic_partitions("episodes", ["b", "c", "d"])
    assert instance.get_dynamic_partitions("episodes") == ["a"]
    instance.add_dynamic_partitions("episodes", ["b", "d"])
    assert instance.get_dynamic_partitions("episodes") == ["a", "b", "d"]


def test_a_store_of_version_1_keeps_all_it_has_and_gets_the_tables(tmp_path: Path) -> None:
    first = Database(tmp_path / "store.db", migrations=all_migrations()[:1])
    with first.write() as connection:
        connection.execute("INSERT INTO assets (key, described_at) VALUES ('daily', 1.5)")
        connection.execute(
            "INSERT INTO runs (id, status, selection, planned, started_at) VALUES ('r', 'success', '', 1, 2.5)"
        )
        connection.execute(
            "INSERT INTO materializations (asset_id, partition, kind, run, time, duration) "
            "VALUES (1, 'a', 'x', 1, 2, 3)"
        )
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        before = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    first.close()
    with Instance(tmp_path) as instance:
        with instance.database.read() as connection:
            assert schema_version(connection) == all_migrations()[-1].version
            after = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
        kept = {name: [new[: len(old)] for new, old in zip(after[name], before[name], strict=True)] for name in tables}
        assert kept == before
        instance.add_dynamic_partitions("episodes", ["a"])
        assert instance.get_dynamic_partitions("episodes") == ["a"]
    with closing(sqlite3.connect(tmp_path / "store.db.version-1")) as copy:
        assert schema_version(copy) == 1


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    instance.add_dynamic_partitions("episodes", ["a"])
    settled = EPISODES.settled(None, instance)
    instance.close()
    for ask in (instance.get_dynamic_partitions, lambda name: instance.has_dynamic_partition(name, "a")):
        with pytest.raises(StoreError, match="is closed"):
            ask("episodes")
    assert settled.get_partition_keys() == ["a"]
