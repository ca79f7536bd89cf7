"""What is said of a piece that was made, and whose value the store does not keep."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import Definitions, Instance, IOManager, MaterializeResult, asset, explain, materialize


class Kept(IOManager):
    """Keeps values in memory."""

    def handle_output(self, context: Any, obj: Any) -> None: ...

    def load_input(self, context: Any) -> Any: ...


@asset
def told() -> MaterializeResult[Any]:
    return MaterializeResult(metadata={"rows": 3})


@asset
def read(told: int) -> int:
    return told


@asset(io_manager_key="csv")
def table() -> int:
    return 3


HERE = Definitions([told, read, table], resources={"csv": Kept()})


@pytest.fixture
def store() -> Instance:
    return Instance.ephemeral()


def test_an_explanation_does_not_say_that_a_value_is_stored_that_is_not(store: Instance) -> None:
    materialize([told], instance=store, progress=False)
    assert explain("told", instance=store, definitions=HERE).why == (
        "It was made by today's code from today's inputs. The store keeps no value of it: it gave none, or an IO "
        "manager has it.",
    )


def test_an_explanation_names_the_io_manager_that_keeps_a_value(store: Instance) -> None:
    materialize([table], instance=store, resources={"csv": Kept()}, progress=False)
    (why,) = explain("table", instance=store, definitions=HERE).why
    assert why.startswith("Its value is kept by the IO manager 'csv', made by today's code")


def test_what_reads_a_value_that_is_not_kept_is_told_what_helps(store: Instance) -> None:
    result = materialize([told, read], instance=store, progress=False, raise_on_error=False)
    assert "If it gives one now, make it again; what needs only its order names it in deps=." in str(
        result.failures[0].error
    )
    assert explain("read", instance=store, definitions=HERE).advice == (
        "What it reads has no value: make that again, or, if it is to give none, name it in deps=.",
    )
