"""Ten thousand hostile texts as partition keys and as assets' names: stored, loaded, listed, drawn, archived, wiped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    Definitions,
    StaticPartitionsDefinition,
    asset,
    explain,
    lineage,
    materialize,
    partition_grid,
)
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.store import AssetDescription, Instance
from notebook_assets.store.names import LONGEST_NAME, file_name_for, key_of_file_name
from tests.store.hostile_texts import hostile_texts

NUMBER = 10_000
WITH_FILES = 400
FOREIGN_TAGS = {"script", "b", "iframe", "object", "embed", "link", "meta", "base", "form"}


def assert_inside(folder: Path) -> None:
    outside = [path for path in folder.parent.rglob("*") if folder not in path.parents and path != folder]
    assert outside == []


def assert_harmless(read_html: Callable[[str], Any], shown: Any) -> None:
    """Nothing of a text became a tag, an attribute that runs anything, or a command of the terminal."""
    seen = read_html(shown._repr_html_())
    assert seen.tags & FOREIGN_TAGS == set()
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", repr(shown))


def test_file_names_of_ten_thousand_keys_differ_on_every_file_system() -> None:
    """On one that ignores case, one that normalizes accents, one that cuts dots and spaces, and with every limit."""
    keys = hostile_texts(NUMBER, controls=True)
    assert len(set(keys)) == NUMBER
    names = [file_name_for(key) for key in keys]
    assert all(re.fullmatch(r"[A-Za-z0-9_=~-]+", name) for name in names)
    assert max(map(len, names)) <= LONGEST_NAME
    for alike in (str.casefold, lambda name: unicodedata.normalize("NFKC", name), lambda name: name.rstrip(". ")):
        assert len({alike(name) for name in names}) == NUMBER
    for key, name in zip(keys, names, strict=True):
        assert key_of_file_name(name.casefold()) in (key, None)
        assert ("~~" in name) == (key_of_file_name(name) is None)


def test_ten_thousand_partition_keys_are_stored_listed_loaded_and_wiped(
    instance: Instance, run_id: str, read_html: Callable[[str], Any]
) -> None:
    keys = hostile_texts(NUMBER, controls=True)
    for number, key in enumerate(keys):
        text = f"{number} " * (9_000 if number < WITH_FILES else 1)
        instance.record_materialization("a", key, run_id=run_id, value=instance.encode(text, "a"))
    instance.finish_run(run_id, "success")
    assert instance.get_materialized_partitions("a") == set(keys)
    assert set(instance.pieces("a").partitions) == set(keys)
    for number, key in enumerate(keys):
        assert instance.load("a", key) == f"{number} " * (9_000 if number < WITH_FILES else 1)
    assert len(list((instance.folder / "values" / "a").iterdir())) == WITH_FILES
    report = instance.verify()
    assert report.ok, repr(report)
    assert report.litter.strangers == ()
    for key in keys[::500]:
        assert_harmless(read_html, instance.versions("a", key))
        record = instance.latest("a", key)
        assert record is not None
        assert_harmless(read_html, record)
    assert instance.wipe("a", keys[: NUMBER // 2]) == NUMBER // 2
    assert instance.get_materialized_partitions("a") == set(keys[NUMBER // 2 :])
    assert not [path for path in (instance.folder / "values").rglob("*") if path.is_file()]
    assert_inside(instance.folder)


def test_thousands_of_names_of_assets_are_kept_apart(
    instance: Instance, run_id: str, read_html: Callable[[str], Any]
) -> None:
    names = hostile_texts(NUMBER, controls=False)
    keys = [AssetKey(name) for name in names]
    keys += [AssetKey(pair) for pair in zip(names[:1_000], names[1_000:2_000], strict=True)]
    instance.describe_assets([AssetDescription(key, description=key.name, group=key.name) for key in keys])
    assert set(instance.asset_descriptions()) == set(keys)
    some = keys[::23]
    for number, key in enumerate(some):
        text = f"{number} " * (9_000 if number % 2 else 1)
        instance.record_materialization(key, None, run_id=run_id, value=instance.encode(text, "a"))
    for number, key in enumerate(some):
        assert instance.load(key) == f"{number} " * (9_000 if number % 2 else 1)
    assert set(instance.counts()) == set(some)
    assert {each.key for each in instance.sizes()} == set(some)
    assert_harmless(read_html, instance.sizes())
    assert_harmless(read_html, instance.prune(dry_run=True))
    assert instance.verify().ok
    assert_inside(instance.folder)


def test_names_that_no_asset_may_have_are_refused_and_all_others_taken() -> None:
    for text in hostile_texts(NUMBER, controls=True):
        if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", text):
            with pytest.raises(InvalidDefinitionError, match="control characters"):
                AssetKey(text)
        else:
            assert AssetKey.from_escaped_user_string(AssetKey(text).to_escaped_user_string()) == AssetKey(text)


def test_ten_thousand_keys_are_drawn(instance: Instance, read_html: Callable[[str], Any]) -> None:
    keys = [key for key in hostile_texts(NUMBER, controls=False) if "..." not in key and key.strip()]
    definition = StaticPartitionsDefinition(keys)

    @asset(partitions_def=definition)
    def hostile(context: Any) -> str:
        if len(context.partition_key) % 3 == 0:
            raise ValueError(context.partition_key)
        return str(context.partition_key)

    some = keys[::101]
    materialize([hostile], instance=instance, partitions=some, progress=False, raise_on_error=False)
    definitions = Definitions([hostile])
    grid = partition_grid("hostile", instance=instance, definitions=definitions)
    assert_harmless(read_html, grid)
    for key in some[::7]:
        assert_harmless(read_html, explain("hostile", key, instance=instance, definitions=definitions))
    assert_harmless(read_html, explain("hostile", instance=instance, definitions=definitions))


def test_hostile_names_are_drawn_in_the_lineage(instance: Instance, read_html: Callable[[str], Any]) -> None:
    names = hostile_texts(2_000, controls=False)[::10]

    def made(name: str, upstream: str | None) -> Any:
        @asset(
            key=AssetKey(name), deps=[AssetKey(upstream)] if upstream else [], description=name, metadata={name: name}
        )
        def node() -> str:
            return name

        return node

    nodes = [made(name, names[at - 1] if at else None) for at, name in enumerate(names)]
    definitions = Definitions(nodes)
    materialize(nodes[:20], instance=instance, progress=False)
    picture = lineage(instance=instance, definitions=definitions)
    assert_harmless(read_html, picture)
    for node in nodes[:40:4]:
        assert_harmless(read_html, explain(node.key, instance=instance, definitions=definitions))


def test_hostile_keys_travel_in_an_archive(instance: Instance, run_id: str, tmp_path: Path) -> None:
    keys = hostile_texts(1_000, controls=True)
    for number, key in enumerate(keys):
        text = f"{number} " * (9_000 if number % 50 == 0 else 1)
        instance.record_materialization("a", key, run_id=run_id, value=instance.encode(text, "a"))
    instance.export(tmp_path / "some.zip")
    with Instance(tmp_path / "other") as other:
        other.import_archive(tmp_path / "some.zip")
        assert other.get_materialized_partitions("a") == set(keys)
        for number, key in enumerate(keys):
            assert other.load("a", key) == f"{number} " * (9_000 if number % 50 == 0 else 1)
        assert other.verify().ok
