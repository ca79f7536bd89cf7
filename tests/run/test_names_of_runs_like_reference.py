"""What a run is called, and what is known of it as a whole: jobs that check, observe, or run ops."""

from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")
PACKAGES = (notebook_assets, dagster)
NAME = "11111111-1111-4111-8111-111111111111"


def job_that_checks(package: Any) -> Any:
    @package.asset
    def rows():  # type: ignore[no-untyped-def]
        return 1

    @package.asset_check(asset=rows)
    def good():  # type: ignore[no-untyped-def]
        return package.AssetCheckResult(passed=True)

    job = package.define_asset_job("wanted", selection=package.AssetSelection.checks(good))
    return package.Definitions(assets=[rows], asset_checks=[good], jobs=[job]).resolve_job_def("wanted")


def job_that_observes(package: Any) -> Any:
    @package.observable_source_asset
    def rows():  # type: ignore[no-untyped-def]
        return package.DataVersion("1")

    job = package.define_asset_job("wanted", selection="rows")
    return package.Definitions(assets=[rows], jobs=[job]).resolve_job_def("wanted")


def job_of_ops(package: Any) -> Any:
    @package.op
    def one():  # type: ignore[no-untyped-def]
        return 1

    @package.job(tags={"team": "sales"})
    def wanted():  # type: ignore[no-untyped-def]
        one()

    return wanted


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
@pytest.mark.parametrize("make", [job_that_checks, job_that_observes, job_of_ops])
def test_a_run_is_called_as_is_asked(package: Any, make: Any) -> None:
    store = notebook_assets.Instance.ephemeral() if package is notebook_assets else dagster.DagsterInstance.ephemeral()
    result = make(package).execute_in_process(run_id=NAME, instance=store, tags={"more": "1"})
    assert (result.run_id, result.dagster_run.run_id) == (NAME, NAME)
    assert result.dagster_run.tags.items() >= {"more": "1"}.items()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_the_run_of_a_job_of_ops_has_its_tags_and_status(package: Any) -> None:
    run = job_of_ops(package).execute_in_process(tags={"more": "1"}).dagster_run
    status = run.status if package is notebook_assets else run.status.value.lower()
    assert (status, run.tags) == ("success", {"team": "sales", "more": "1"})
