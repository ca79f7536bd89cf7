"""Fields by the names that they have: a slip is told, an alias is a name, and a class may take any."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import AliasChoices, AliasPath, ConfigDict, Field, ValidationError, model_validator

from notebook_assets import Config, ConfigurableResource, PermissiveConfig, RunResult, asset
from notebook_assets.errors import InvalidConfigError


class Rows(Config):
    limit: int = 1


class Table(Config):
    rows: Rows = Rows()


class Reader(ConfigurableResource):  # type: ignore[type-arg]
    path: str = "rows.csv"
    kind: str = Field("csv", alias="format")


class Loose(Rows):
    model_config = ConfigDict(extra="ignore")


class Renamed(Config):
    limit: int = 1

    @model_validator(mode="before")
    @classmethod
    def _before(cls, given: Any) -> Any:
        return {("limit" if name == "most" else name): value for name, value in given.items()}


class Aliased(Config):
    one: int = Field(1, validation_alias=AliasChoices("uno", AliasPath("all", 0)))
    two: int = Field(2, alias="due")
    model_config = ConfigDict(populate_by_name=True)


SLIPS: list[tuple[type[Any], dict[str, Any], str]] = [
    (Rows, {"limt": 3}, r"unknown field 'limt'; there are: limit\. Did you mean 'limit'\?"),
    (Table, {"rows": {"limt": 3}}, r"rows\n  unknown field 'limt'"),
    (Reader, {"pth": "x"}, r"unknown field 'pth'; there are: path, format\. Did you mean 'path'\?"),
    (Reader, {"kind": "json"}, r"unknown field 'kind'; there are: path, format\."),
]


@pytest.mark.parametrize(("kind", "given", "said"), SLIPS)
def test_a_field_that_is_not_there_is_told(kind: type[Any], given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind(**given)


def test_a_resource_for_later_names_its_fields_too() -> None:
    with pytest.raises(
        InvalidConfigError, match=r"Reader\.configure_at_launch: unknown field 'pth'.*Did you mean 'path'"
    ):
        Reader.configure_at_launch(pth="x")


def test_a_class_may_take_other_names() -> None:
    """By its own word, or by a validator that comes before."""
    given: dict[str, Any] = {"limt": 3}
    assert Loose(**given).limit == 1
    assert dict(PermissiveConfig(**given)) == given
    before: dict[str, Any] = {"most": 3}
    assert Renamed(**before).limit == 3


@pytest.mark.parametrize(
    ("given", "known"),
    [({"uno": 5}, (5, 2)), ({"all": [6]}, (6, 2)), ({"due": 7, "one": 8}, (8, 7)), ({"two": 9}, (1, 9))],
)
def test_an_alias_is_a_name(given: dict[str, Any], known: tuple[int, int]) -> None:
    made = Aliased(**given)
    assert (made.one, made.two) == known


def test_a_resource_keeps_what_was_given_by_an_alias(make: Callable[..., RunResult]) -> None:
    """In a run, too."""

    @asset
    def kind(reader: Reader) -> str:
        return reader.kind

    assert make(kind, resources={"reader": Reader(format="json")}).asset_value("kind") == "json"
