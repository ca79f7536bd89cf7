"""Any text as an asset's name or a partition's key is stored, loaded and wiped inside the folder, never colliding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notebook_assets.errors import InvalidDefinitionError, StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance

HOSTILE = [
    "..",
    "../../../outside",
    "/etc/passwd",
    "C:\\Windows",
    "con",
    "NUL",
    "x" * 4096,
    "🐍" * 1024,
    "'; DROP TABLE pieces; --",
    "\"quoted\" 'twice' `thrice`",
    "Robert'); DELETE FROM materializations;--",
    "<img src=x onerror=alert(1)>",
    "%s %d {0} $HOME `id`",
    "\u202eevil",
    "line\nbreak\ttab",
    "nul\x00byte",
    " ",
    "a",
    "A",
    "?",
    "*",
    "a/b",
    "a\\/b",
]


def assert_inside(folder: Path) -> None:
    outside = [path for path in folder.parent.rglob("*") if folder not in path.parents and path != folder]
    assert outside == []


@pytest.mark.parametrize("size", [3, 20_000])
def test_hostile_partition_keys_are_kept_apart(instance: Instance, put: Callable[..., int], size: int) -> None:
    for number, key in enumerate(HOSTILE):
        put("a", key, f"{number}" + "." * size)
    for number, key in enumerate(HOSTILE):
        assert instance.load("a", key) == f"{number}" + "." * size
    assert instance.get_materialized_partitions("a") == set(HOSTILE)
    assert_inside(instance.folder)
    files = [path.name.casefold() for path in (instance.folder / "values").rglob("*") if path.is_file()]
    assert len(set(files)) == len(files) == (len(HOSTILE) if size > 3 else 0)
    for key in HOSTILE:
        assert instance.wipe("a", key) == 1
    assert not [path for path in (instance.folder / "values").rglob("*") if path.is_file()]


def test_hostile_asset_keys_are_kept_apart(instance: Instance, put: Callable[..., int]) -> None:
    names = [name for name in HOSTILE if name.isprintable()]
    keys = [AssetKey(name) for name in names] + [AssetKey(["a", "b"]), AssetKey(["a/b", "c"]), AssetKey(["a", "b/c"])]
    for number, key in enumerate(keys):
        put(key, None, f"{number}" + "." * 20_000)
    for number, key in enumerate(keys):
        assert instance.load(key) == f"{number}" + "." * 20_000
    assert set(instance.asset_descriptions()) == set(keys)
    assert set(instance.counts()) == set(keys)
    assert_inside(instance.folder)


@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=20),
            st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
        ),
        min_size=1,
        max_size=6,
        unique=True,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_two_pieces_are_kept_apart(instance: Instance, run_id: str, pieces: list[tuple[str, str]]) -> None:
    kept: dict[tuple[AssetKey, str], str] = {}
    for number, (name, partition) in enumerate(pieces):
        try:
            key = AssetKey(name)
        except InvalidDefinitionError:
            continue
        value = f"{number}" + "." * 17_000
        instance.record_materialization(key, partition, run_id=run_id, value=instance.encode(value, "a test"))
        kept[key, partition] = value
    assert {piece: instance.load(*piece) for piece in kept} == kept
    assert_inside(instance.folder)


def test_a_key_that_is_no_unicode_is_a_clear_error(instance: Instance, put: Callable[..., int]) -> None:
    with pytest.raises(StoreError, match="no valid Unicode"):
        put("a", "\ud800", 1)
    with pytest.raises(StoreError, match="no valid Unicode"):
        put("a", "\ud800", "x" * 20_000)
    assert not [path for path in (instance.folder / "values").rglob("*") if path.is_file()]
