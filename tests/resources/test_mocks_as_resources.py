"""Mocks are resources like any other object, those with the spec of a resource too."""

from collections.abc import Callable
from unittest.mock import MagicMock, Mock, create_autospec

import pytest

from notebook_assets import ConfigurableResource, RunResult, asset


class Database(ConfigurableResource):  # type: ignore[type-arg]
    path: str

    def rows(self) -> int:
        return 1


class Reader(ConfigurableResource):  # type: ignore[type-arg]
    database: Database


@asset
def users(database: Database) -> int:
    return database.rows()


MOCKS = {
    "a mock": MagicMock,
    "with a spec": lambda: MagicMock(spec=Database),
    "a plain one with a spec": lambda: Mock(spec=Database),
    "with a set spec": lambda: MagicMock(spec_set=Database),
    "of a class": lambda: create_autospec(Database),
    "of an instance": lambda: create_autospec(Database, instance=True),
}


@pytest.mark.parametrize("mock", MOCKS.values(), ids=list(MOCKS))
def test_a_mock_is_used_as_it_is(mock: Callable[[], MagicMock], make: Callable[..., RunResult]) -> None:
    """Whatever it answers to what is no part of the test."""
    database = mock()
    database.rows.return_value = 5
    assert make(users, resources={"database": database}).asset_value("users") == 5
    database.rows.assert_called_once()


def test_a_resource_holds_a_mock_as_it_is(make: Callable[..., RunResult]) -> None:
    """Where its spec is that of the field."""
    database = MagicMock(spec=Database)
    database.rows.return_value = 5

    @asset
    def many(reader: Reader) -> int:
        return reader.database.rows()

    assert make(many, resources={"reader": Reader(database=database)}).asset_value("many") == 5
