"""Executors by the reference's names: what they are, how they are configured, and what is none."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

import notebook_assets as na
from notebook_assets import Definitions, Executor, InvalidConfigError, InvalidDefinitionError, asset, define_asset_job
from notebook_assets.run.executor_choice import executor_of

NAMES = ["in_process_executor", "multiprocess_executor", "multi_or_in_process_executor"]


@pytest.mark.parametrize("name", NAMES)
def test_the_names_are_those_of_the_reference(name: str) -> None:
    assert getattr(na, name).name == getattr(dg, name).name


@pytest.mark.parametrize(
    ("name", "config", "made"),
    [
        ("in_process_executor", {}, Executor()),
        ("in_process_executor", {"retries": {"enabled": {}}}, Executor()),
        ("multiprocess_executor", {"max_concurrent": 4}, Executor("processes", 4)),
        ("multiprocess_executor", {"max_concurrent": 0}, Executor("processes")),
        ("multi_or_in_process_executor", {"in_process": {}}, Executor()),
        ("multi_or_in_process_executor", {"multiprocess": {"max_concurrent": 2}}, Executor("processes", 2)),
    ],
)
def test_what_the_reference_can_be_configured_with_counts_here(name: str, config: Any, made: Executor) -> None:
    getattr(dg, name).configured(config, name="configured")
    assert getattr(na, name).configured(config).made_executor() == made


def test_a_configuration_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidConfigError, match="Did you mean 'max_concurrent'"):
        na.multiprocess_executor.configured({"max_conc": 2})


def test_an_executor_that_a_function_gives() -> None:
    @na.executor
    def many(context: Any) -> str:
        return "threads"

    @na.executor(name="wrong")
    def odd(context: Any) -> Any:
        return 3

    assert many.name == "many"
    assert executor_of(many, max_workers=3) == Executor("threads", 3)
    with pytest.raises(InvalidDefinitionError, match="'wrong' gave an int"):
        executor_of(odd)


@pytest.mark.parametrize("wrong", [5, object(), ["threads"]])
def test_what_is_no_executor_is_refused_by_both(wrong: Any) -> None:
    for library in (dg, na):
        with pytest.raises(Exception, match="executor"):
            library.define_asset_job("all", executor_def=wrong)
        with pytest.raises(Exception, match="executor"):
            library.Definitions(executor=wrong)
    with pytest.raises(InvalidDefinitionError, match="such as multiprocess_executor; got"):
        define_asset_job("all", executor_def=wrong)


def test_a_job_keeps_its_executor_and_runs_in_this_process_where_it_is_told_to() -> None:
    ran = []

    @asset
    def one() -> int:
        ran.append(1)
        return 1

    definitions = Definitions([one], jobs=[define_asset_job("all", executor_def=na.multiprocess_executor)])
    job = definitions.resolve_job_def("all")
    assert job.executor_def is na.multiprocess_executor
    with na.Instance.ephemeral() as store:
        assert job.execute_in_process(instance=store).success
    assert ran == [1]
