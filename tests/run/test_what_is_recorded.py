"""What of a function's result is recorded: one output; a data version that is the same in every process; its log."""

from __future__ import annotations

import dataclasses
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from notebook_assets import AssetMaterialization, MaterializeResult, Output, OutputTypeError, asset
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.data_versions import data_version_of_value
from notebook_assets.store.formats import encode


@pytest.mark.parametrize(
    "value",
    [
        (Output(1), Output(2)),
        [Output(1)],
        [1, MaterializeResult()],
        (AssetMaterialization("a"),),
        Output(Output(1)),
        Output([Output(1)]),
        MaterializeResult(value=Output(1)),
        Output(MaterializeResult()),
    ],
    ids=str,
)
def test_outputs_inside_a_value_are_no_value(value: Any, make) -> None:
    @asset
    def several():
        return value

    (failure,) = make(several).failures
    assert isinstance(failure.error, OutputTypeError)


SCRIPT = """
import dataclasses
from notebook_assets.run.data_versions import data_version_of_value
from notebook_assets.store.formats import encode

@dataclasses.dataclass
class Bag:
    names: set

NAMES = ["a", "b", "c", "dd", "eee"]
for value in (
    set(NAMES), frozenset(NAMES), {"x": set(NAMES)}, [set(NAMES), frozenset(NAMES)], ({1, "a", None, 2.5},),
    {frozenset(NAMES): 1, frozenset(NAMES[1:]): 2}, {frozenset(NAMES), frozenset(NAMES[2:])}, Bag(set(NAMES)),
):
    print(data_version_of_value(value, encode(value, "it")))
"""


def test_sets_have_the_same_data_version_in_every_process() -> None:
    """Else everything downstream is stale in each new kernel."""
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12345"
    }
    assert len(said) == 1
    (text,) = said
    assert len(set(text.split())) == 8, "other values have other versions"


@dataclasses.dataclass(eq=False)
class Circle:
    """Holds itself in a set."""

    others: set[Any] = dataclasses.field(default_factory=set)


@pytest.mark.parametrize("value", [{"a"}, {1, 2}, (1, 2), {"a": {"b"}}])
def test_a_data_version_tells_values_apart(value: Any) -> None:
    def version(value: Any) -> str:
        return data_version_of_value(value, encode(value, "it"))

    assert version(value) == version(value)
    assert version(value) not in {version(other) for other in ({"b"}, frozenset({"a"}), {1}, ["a"])}


def test_what_has_no_canonical_form_counts_by_its_bytes() -> None:
    circle = Circle()
    circle.others.add(circle)
    encoded = encode(circle, "it")
    assert data_version_of_value(circle, encoded) == encoded.digest


def test_the_store_keeps_the_data_version_of_a_set(make, store) -> None:
    @asset
    def names():
        return {"a", "b"}

    make(names)
    value = {"b", "a"}
    assert store.latest("names").data_version == data_version_of_value(value, encode(value, "names"))
    assert store.load("names") == value


@contextmanager
def logging_as_it_is_at_first(handlers: list[logging.Handler]) -> Iterator[None]:
    """The package's logger as in a process where nobody set it up, and the root logger with ``handlers``."""
    log = logging.getLogger("notebook_assets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger(), "handlers", handlers)
        patch.setattr(log, "handlers", [])
        level = log.level
        log.setLevel(logging.NOTSET)
        piece_log.cache_clear()
        try:
            yield
        finally:
            log.setLevel(level)
            piece_log.cache_clear()


@asset
def talks(context):
    context.log.info("got %s rows", 3)
    context.log.debug("in detail")


def test_what_is_logged_shows_on_standard_error(make, capsys) -> None:
    with logging_as_it_is_at_first([]):
        make(talks)
        make(talks)
    assert capsys.readouterr().err == "got 3 rows\n" * 2


def test_it_is_left_to_those_who_set_up_logging(make, capsys) -> None:
    with logging_as_it_is_at_first([logging.NullHandler()]):
        make(talks)
    assert capsys.readouterr().err == ""
