"""What a store knows of a notebook's definitions follows them, though only what is new or made is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import AssetSpec, Instance, SourceAsset, asset, materialize
from notebook_assets.workspace import Workspace, set_workspace, workspace


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """The names of a notebook, which is the current one meanwhile."""
    before, found = workspace(), dict[str, Any]()
    set_workspace(Workspace(lambda: found))
    yield found
    set_workspace(before)


@asset
def made() -> int:
    """Made each time."""
    return 1


def beside(text: str) -> Any:
    """Return an asset that is only defined, never made."""
    return asset(name="beside", description=text)(lambda: 2)


def described(instance: Instance) -> str | None:
    """What the store knows of what is only defined, after something else was made."""
    materialize([made], instance=instance, progress=False)
    found = instance.description("beside")
    return found.description if found else None


def test_a_definition_that_is_not_made_is_described_when_it_is_new(names: dict[str, Any]) -> None:
    """Its first form, its next form, and that of another store."""
    with Instance.ephemeral() as instance, Instance.ephemeral() as other:
        assert described(instance) is None
        names["beside"] = beside("first")
        assert [described(instance), described(instance)] == ["first", "first"]
        names["beside"] = beside("second")
        assert [described(instance), described(other)] == ["second", "second"]


def test_what_another_process_wrote_of_a_definition_is_written_over(names: dict[str, Any]) -> None:
    """The definition that was described here is described again where the store says something else of it."""
    names["beside"] = beside("ours")
    with Instance.ephemeral() as instance:
        assert described(instance) == "ours"
        with instance.database.write() as connection:
            connection.execute("UPDATE assets SET description = 'theirs' WHERE key = 'beside'")
        assert described(instance) == "ours"


def test_the_notebook_and_what_it_is_made_from_are_followed(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A definition that is the same is described again when its notebook has another name."""
    names["table"] = SourceAsset("table")
    names["report"] = AssetSpec("report", deps=["table"])  # made nowhere: there is nothing to keep of it
    with Instance.ephemeral() as instance:
        materialize([made], instance=instance, progress=False)
        assert instance.asset_descriptions().keys() == {made.key, names["table"].key}
        monkeypatch.setenv("JPY_SESSION_NAME", "tour.ipynb")
        materialize([made], instance=instance, progress=False)
        notebooks = {key.name: each.notebook for key, each in instance.asset_descriptions().items()}
        assert notebooks == {"made": "tour.ipynb", "table": "tour.ipynb"}
