"""What tests ask a store of its events, in the reference's words: the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import Instance
from notebook_assets.errors import InvalidInvocationError

pytestmark = pytest.mark.usefixtures("quiet_reference")

MADE = [("paged", "x"), ("paged", "y"), ("paged", "x"), ("plain", None), ("failing", None)]


def filled(dg: Any, instance: Any) -> Any:
    """Return a store after some runs of assets of a package."""

    @dg.asset(key_prefix="some", partitions_def=dg.StaticPartitionsDefinition(["x", "y"]))  # type: ignore[untyped-decorator]
    def paged() -> Any:
        return dg.MaterializeResult(metadata={"rows": 1}, tags={"tag": "1"})

    @dg.asset  # type: ignore[untyped-decorator]
    def plain() -> None: ...

    @dg.asset  # type: ignore[untyped-decorator]
    def failing() -> None:
        raise ValueError

    by_name = {"paged": paged, "plain": plain, "failing": failing}
    for name, key in MADE:
        dg.materialize([by_name[name]], partition_key=key, instance=instance, raise_on_error=False)
    return instance


def own(record: Any) -> Any:
    """Return what a record says, without the tags that the reference adds."""
    event = record.asset_materialization
    tags = {name: value for name, value in event.tags.items() if not name.startswith("dagster/")}
    metadata = {name: entry.value for name, entry in event.metadata.items()}
    return event.asset_key.path, event.partition, metadata, tags, event.description, type(record.timestamp)


def pages(dg: Any, instance: Any, limit: int, ascending: bool) -> Any:
    """Return what the pages of an asset hold until one is empty."""
    cursor = None
    while True:
        page = instance.fetch_materializations(dg.AssetKey(["some", "paged"]), limit, cursor, ascending)
        yield [(own(record), record.partition_key, record.asset_key.path) for record in page.records]
        if not page.records:
            return
        cursor = page.cursor


QUESTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "all keys": lambda dg, of: [key.path for key in of.get_asset_keys()],
    "keys of a prefix": lambda dg, of: [key.path for key in of.get_asset_keys(prefix=["some"])],
    "some keys": lambda dg, of: [key.path for key in of.get_asset_keys(limit=1)],
    "keys behind one": lambda dg, of: [key.path for key in of.get_asset_keys(cursor='["plain"]')],
    "whether keys are there": lambda dg, of: [
        of.has_asset_key(dg.AssetKey(each)) for each in ("failing", "plain", "x")
    ],
    "the latest": lambda dg, of: own(of.get_latest_materialization_event(dg.AssetKey(["some", "paged"]))),
    "the latest of several": lambda dg, of: {
        key.to_user_string(): own(record)
        for key, record in of.get_latest_materialization_events(
            [dg.AssetKey(["some", "paged"]), dg.AssetKey("failing"), dg.AssetKey("x")]
        ).items()
    },
    "all": lambda dg, of: list(pages(dg, of, 10, False)),
    "all, the first first": lambda dg, of: list(pages(dg, of, 10, True)),
    "pages": lambda dg, of: list(pages(dg, of, 2, False)),
    "pages, the first first": lambda dg, of: list(pages(dg, of, 2, True)),
    "of nothing": lambda dg, of: list(of.fetch_materializations(dg.AssetKey("x"), 3).records),
}


@pytest.fixture(scope="module")
def stores() -> Iterator[tuple[Any, Any]]:
    """The store of the reference and ours, after the same runs."""
    reference = dagster.DagsterInstance.ephemeral()
    yield filled(dagster, reference), filled(notebook_assets, Instance.ephemeral())
    reference.dispose()


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=list(QUESTIONS))
def test_the_same_is_answered(ask: Callable[[Any, Any], Any], stores: tuple[Any, Any]) -> None:
    reference, ours = stores
    assert ask(notebook_assets, ours) == ask(dagster, reference)


@pytest.mark.parametrize(("limit", "cursor"), [(0, None), (True, None), (1, "next")])
def test_pages_that_are_none_are_refused(limit: int, cursor: str | None) -> None:
    with pytest.raises(InvalidInvocationError, match=r"fetch_materializations: (limit|cursor) is"):
        Instance.ephemeral().fetch_materializations("some", limit, cursor)


def test_an_empty_piece_was_not_materialized() -> None:
    """Its record is one of an empty piece."""

    @notebook_assets.asset(output_required=False)
    def nothing() -> Any:
        yield from ()

    store = Instance.ephemeral()
    notebook_assets.materialize([nothing], instance=store, progress=False)
    record = store.latest("nothing")
    assert record is not None
    assert record.asset_materialization is None
    assert not store.fetch_materializations("nothing", 1).records
    assert store.has_asset_key("nothing")
