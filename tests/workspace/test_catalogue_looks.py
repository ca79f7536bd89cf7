"""The catalogue looks again only where something may have changed, and then says the same as if it always did."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from notebook_assets import AssetSpec
from notebook_assets.workspace.catalogue import Catalogue

SPECS = [AssetSpec("a"), AssetSpec("a", description="again"), AssetSpec("b"), AssetSpec("c")]
VALUES = st.sampled_from([*SPECS, 12, None, [SPECS[0], SPECS[2]], [SPECS[1], SPECS[3]], [SPECS[3]]])
LOOKS = st.lists(st.dictionaries(st.sampled_from(["x", "y", "z"]), VALUES), max_size=6)


def entries(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    """What a catalogue says."""
    return [(each.name, id(each.thing), each.is_shadowed, each.replaces) for each in catalogue.entries()]


@given(LOOKS)
def test_looking_twice_is_looking_once(looks: list[dict[str, Any]]) -> None:
    """A second look at the same names, which is cut short, changes nothing that a full one would not have changed."""
    once, twice = Catalogue(), Catalogue()
    for names in looks:
        once.refresh(names)
        twice.refresh(names)
        twice.refresh(dict(names))
        assert entries(once) == entries(twice)


def test_a_list_that_grows_is_looked_at_again() -> None:
    """The same name and the same list, with one definition more."""
    names: dict[str, Any] = {"several": [SPECS[0]]}
    catalogue = Catalogue()
    catalogue.refresh(names)
    names["several"].append(SPECS[2])
    catalogue.refresh(names)
    assert [key.name for key in (each.key for each in catalogue.entries())] == ["a", "b"]


def test_a_shadowed_name_that_is_deleted_takes_its_definition_along() -> None:
    """No definition was bound before the deletion or after it, and yet something changed."""
    catalogue = Catalogue()
    catalogue.refresh({"x": SPECS[0]})
    catalogue.refresh({"x": 12})
    assert [each.is_shadowed for each in catalogue.entries()] == [True]
    catalogue.refresh({})
    assert catalogue.entries() == []
