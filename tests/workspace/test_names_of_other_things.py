"""A name that is no asset but a function that makes several, or a job, is told to be so, with what to write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notebook_assets import (
    AssetSpec,
    Definitions,
    Instance,
    asset,
    define_asset_job,
    explain,
    job,
    materialize,
    multi_asset,
    op,
)
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError
from notebook_assets.workspace import Workspace, set_workspace, workspace


@multi_asset(specs=[AssetSpec("customers"), AssetSpec("items")])
def load2(): ...


@asset(name="rates")
def fetch():
    return 1


DEFINED = Definitions([load2, fetch])


@pytest.fixture
def store() -> Iterator[Instance]:
    """A store of its own."""
    with Instance.ephemeral() as instance:
        yield instance


@pytest.fixture
def jobs() -> Iterator[None]:
    """A notebook whose variables are jobs."""
    before = workspace()

    @op
    def told(): ...

    @job
    def nightly():
        told()

    report = define_asset_job("report_job", selection="rates")
    set_workspace(Workspace(lambda: {"nightly": nightly, "of_rates": report, "_1": report}))
    yield
    set_workspace(before)


@pytest.mark.parametrize("text", ["load2", "rates or +load2"])
def test_a_function_of_several_assets_is_named_with_what_it_makes(store, text: str) -> None:
    with pytest.raises(
        UnknownAssetError, match=r"load2 makes customers and items; choose these by 'customers or items'"
    ):
        materialize([load2, fetch], selection=text, instance=store, progress=False)


def test_a_function_under_another_name_is_named_with_its_asset(store) -> None:
    with pytest.raises(UnknownAssetError, match=r"fetch makes rates; choose this by 'rates'"):
        explain("fetch", definitions=DEFINED, instance=store)


@pytest.mark.parametrize("name", ["report_job", "of_rates"])
def test_a_job_over_assets_is_told_with_its_selection(jobs, store, name: str) -> None:
    told = r'It is a job over key:"rates".*jobs=\[of_rates\]\)\.resolve_job_def\(\'report_job\'\)'
    with pytest.raises(UnknownAssetError, match=told):
        materialize([load2, fetch], selection=name, instance=store, progress=False)


def test_a_job_of_ops_is_told_to_be_run(jobs, store) -> None:
    with pytest.raises(UnknownAssetError, match=r"It is a job: nightly\.execute_in_process\(\) runs it"):
        materialize([load2, fetch], selection="nightly", instance=store, progress=False)


def test_a_plain_slip_is_still_told_with_what_is_like_it(jobs, store) -> None:
    with pytest.raises(UnknownAssetError, match=r"no asset 'rate'\. Did you mean 'rates'"):
        materialize([load2, fetch], selection="rate", instance=store, progress=False)


def test_a_job_over_assets_says_where_it_can_be_run() -> None:
    report = define_asset_job("report_job", selection="rates")
    with pytest.raises(AttributeError, match=r"resolve_job_def\('report_job'\)\.execute_in_process"):
        report.execute_in_process()
    with pytest.raises(AttributeError, match=r"has no attribute 'nope'\."):
        report.nope  # noqa: B018
    assert not hasattr(report, "__html__")


@pytest.mark.parametrize(
    ("selection", "said"), [(["group:nope"], "'group:nope' chooses"), (["key:x", "group:x"], "'key:x', 'group:x'")]
)
def test_selections_are_named_as_they_were_written(store, selection: list[str], said: str) -> None:
    with pytest.raises(InvalidInvocationError, match=said):
        materialize([load2], selection=selection, instance=store, progress=False)


def test_partitions_that_mean_nothing_are_named_as_they_were_written(store) -> None:
    with pytest.raises(InvalidInvocationError, match="so 'a', 'b' means nothing here"):
        materialize([fetch], partitions=["a", "b"], instance=store, progress=False)
