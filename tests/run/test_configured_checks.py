"""Checks and observations with configuration and resources of their own: in a run, by themselves, and in jobs."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetSpec,
    Backoff,
    Config,
    DataVersion,
    Definitions,
    EnvVar,
    Failure,
    Instance,
    ObserveResult,
    ResourceDefinition,
    ResourceParam,
    RetryPolicy,
    RetryRequested,
    RunConfig,
    RunResult,
    StringSource,
    asset,
    asset_check,
    build_asset_check_context,
    define_asset_job,
    materialize,
    multi_asset_check,
    multi_observable_source_asset,
    observable_source_asset,
    observe,
    resource,
    run_checks,
    validate_run_config,
)
from notebook_assets.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    ResourceFunctionError,
    UnknownResourceError,
)

Make = Callable[..., RunResult]


class Least(Config):
    rows: int = 3


class Named(Config):
    version: str


@asset(key_prefix="shop")
def sales() -> list[int]:
    return [1, 2, 3, 4]


@asset_check(asset=sales)
def enough(context: Any, sales: list[int], config: Least) -> AssetCheckResult:
    return AssetCheckResult(passed=len(sales) >= config.rows, metadata={"config": str(context.op_config)})


@asset_check(asset=sales, config_schema={"most": int})
def few(context, sales):  # type: ignore[no-untyped-def]
    return AssetCheckResult(passed=len(sales) <= context.op_config["most"])


@multi_asset_check(
    specs=[AssetCheckSpec("low", asset=sales), AssetCheckSpec("high", asset=sales)],
    config_schema={"limit": int},
    ins={"rows": sales},
)
def bounds(context, rows):  # type: ignore[no-untyped-def]
    limit = context.op_execution_context.op_config["limit"]
    yield AssetCheckResult(passed=min(rows) < limit, check_name="low")
    yield AssetCheckResult(passed=max(rows) < limit, check_name="high")


def outcome(result: RunResult) -> dict[str, bool]:
    return {each.check_name: each.passed for each in result.check_evaluations}


@pytest.mark.parametrize(
    ("check", "ops", "expected"),
    [
        (enough, {}, {"enough": True}),
        (enough, {"shop__sales_enough": Least(rows=9)}, {"enough": False}),
        (enough, {"shop__sales_enough": {"config": {"rows": 9}}}, {"enough": False}),
        (few, {"shop__sales_few": {"config": {"most": 4}}}, {"few": True}),
        (few, {"shop__sales_few": {"config": {"most": 3}}}, {"few": False}),
        (bounds, {"bounds": {"config": {"limit": 4}}}, {"low": True, "high": False}),
    ],
)
def test_checks_are_configured_in_a_run_and_by_themselves(
    make: Make, store: Instance, check: Any, ops: dict[str, Any], expected: dict[str, bool]
) -> None:
    """By a class or a schema; as a RunConfig or as a dict."""
    definitions = Definitions([sales], asset_checks=[check])
    assert outcome(make(sales, check, run_config={"ops": ops})) == expected
    assert outcome(make(check, run_config=RunConfig(ops=ops))) == expected
    assert outcome(run_checks(instance=store, definitions=definitions, run_config={"ops": ops})) == expected


def test_the_context_knows_the_configuration_with_defaults(make: Make) -> None:
    found = make(sales, enough).check_evaluations[0]
    assert found.metadata is not None
    assert found.metadata["config"].value == "{'rows': 3}"


def test_a_job_configures_its_checks_and_observations(store: Instance) -> None:
    jobs = [define_asset_job("sell", selection="shop/sales"), define_asset_job("look", selection="list or table")]
    definitions = Definitions([sales, watched], asset_checks=[few], jobs=jobs)
    few_rows, version = {"shop__sales_few": {"config": {"most": 1}}}, {"watched": {"config": {"version": "v3"}}}
    definitions.resolve_job_def("sell").execute_in_process(instance=store, run_config={"ops": few_rows})
    assert [each.passed for each in store.latest_checks(sales.key)] == [False]
    definitions.resolve_job_def("look").execute_in_process(instance=store, run_config={"ops": version})
    assert store.observations("table")[0].data_version == "v3"


@pytest.mark.parametrize(
    ("run_config", "told"),
    [
        (None, "ops.shop__sales_few.config.most: it is missing; expected Int"),
        (
            {"ops": {"shop__sales_few": {"config": {"most": "x"}}}},
            "ops.shop__sales_few.config.most: expected Int, got 'x'",
        ),
        ({"ops": {"shop__sales_few": {"most": 3}}}, "ops.shop__sales_few: unknown field 'most'; there is: config"),
        ({"ops": {"sales_few": {"config": {"most": 3}}}}, "Did you mean 'shop__sales_few'?"),
    ],
)
def test_a_wrong_configuration_of_a_check_names_its_path_before_anything_runs(
    make: Make, store: Instance, run_config: Any, told: str
) -> None:
    with pytest.raises(InvalidConfigError) as error:
        make(sales, few, run_config=run_config)
    assert told in str(error.value)
    assert store.runs() == []
    make(sales)
    with pytest.raises(InvalidConfigError) as error:
        make(few, run_config=run_config)
    assert told in str(error.value)


def test_a_configuration_is_validated_with_its_checks() -> None:
    given = {"ops": {"shop__sales_few": {"config": {"most": 3}}}}
    assert validate_run_config([sales, few], given) == {"ops": {"shop__sales_few": {"config": {"most": 3}}}}


def test_a_check_has_a_config_class_or_a_schema() -> None:
    with pytest.raises(InvalidDefinitionError, match="leave one of them out"):

        @asset_check(asset=sales, config_schema={"rows": int})
        def both(config: Least) -> None: ...


EVENTS: list[str] = []


@resource(config_schema={"url": str})
def service(context):  # type: ignore[no-untyped-def]
    EVENTS.append(f"open {context.resource_config['url']} in {context.run.selection}")
    assert context.run_id == context.run.run_id
    yield context.resource_config["url"]
    EVENTS.append("close")


@asset_check(asset=sales, required_resource_keys={"service"}, resource_defs={"service": service})
def served(context):  # type: ignore[no-untyped-def]
    EVENTS.append(f"check {context.resources.service}")
    return AssetCheckResult(passed=True)


def test_contexts_of_checks_and_observations_know_the_run(make: Make) -> None:
    runs: list[Any] = []

    @asset_check(asset=sales)
    def telling(context):  # type: ignore[no-untyped-def]
        runs.append((context.run.run_id, context.run.tags["team"], context.run_id))
        return AssetCheckResult(passed=True)

    @observable_source_asset
    def looked(context):  # type: ignore[no-untyped-def]
        runs.append((context.run.run_id, context.run.tags["team"], context.run_id))
        return DataVersion("1")

    for listed in ([sales, telling], [telling], [looked]):
        result = make(*listed, tags={"team": "a"})
        assert runs.pop() == (result.run_id, "a", result.run_id)


@observable_source_asset
def prices(config: Named, service: ResourceParam[str]) -> DataVersion:
    EVENTS.append(f"look {service}")
    return DataVersion(config.version)


def test_resources_of_checks_and_observations_are_set_up_for_them_and_torn_down(make: Make) -> None:
    """They are told of the run that they are set up for."""
    given = {"resources": {"service": {"config": {"url": "x"}}}}
    EVENTS.clear()
    assert make(sales, served, run_config=given).success
    assert [each.split(" in ")[0] for each in EVENTS] == ["open x", "check x", "close"]
    EVENTS.clear()
    assert make(served, run_config=given).success
    assert EVENTS == ["open x in checks of shop/sales:served", "check x", "close"]
    EVENTS.clear()
    seen = make(prices, resources={"service": service}, run_config={**given, "ops": {"prices": Named(version="v1")}})
    assert seen.success
    assert EVENTS == ["open x in observe prices", "look x", "close"]


def test_what_a_check_or_an_observation_lacks_is_refused_before_anything_is_called(make: Make, store: Instance) -> None:
    make(sales)
    before = len(store.runs())
    with pytest.raises(InvalidConfigError, match=r"resources\.service\.config\.url: it is missing"):
        make(served)
    with pytest.raises(UnknownResourceError, match="The observation of prices needs the resource 'service'"):
        observe([prices], instance=store, run_config={"ops": {"prices": Named(version="v1")}})
    broken = ResourceDefinition(lambda: 1 // 0)
    with pytest.raises(ResourceFunctionError, match="'service' can't be set up: ZeroDivisionError"):
        make(served, resources={"service": broken})
    assert len(store.runs()) == before


@multi_observable_source_asset(specs=[AssetSpec("list"), AssetSpec("table")])
def watched(context: Any, config: Named):  # type: ignore[no-untyped-def]
    yield ObserveResult(asset_key="list", data_version=DataVersion(config.version))
    yield ObserveResult(asset_key="table", data_version=DataVersion(context.op_config["version"]))


def test_observations_are_configured_by_the_name_of_the_source_or_of_the_function(store: Instance) -> None:
    given = {"ops": {"watched": {"config": {"version": "v7"}}}}
    for seen in (
        observe([watched], instance=store, run_config=given),
        observe(["list"], instance=store, definitions=Definitions([watched]), run_config=given),
    ):
        assert {piece.seen.data_version for piece in seen.pieces} == {"v7"}
    assert materialize([watched], instance=store, run_config=given, progress=False).success
    with pytest.raises(InvalidConfigError, match=r"ops\.watched\.config\.version: it is missing"):
        observe([watched], instance=store)
    with pytest.raises(InvalidConfigError, match=r"ops\.watched\.config\.version: expected String, got 7"):
        observe([watched], instance=store, run_config={"ops": {"watched": {"config": {"version": 7}}}})


def test_tags_of_a_lone_observation_are_kept(store: Instance) -> None:
    materialize([watched], instance=store, run_config={"ops": {"watched": Named(version="v")}}, tags={"by": "hand"})
    assert store.runs()[0].tags == {"by": "hand"}


def test_a_check_is_tried_again_as_its_policy_says(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """Its context knows how often it was; each retry is told in the log."""

    @asset_check(asset=sales, retry_policy=RetryPolicy(max_retries=2))
    def flaky(context):  # type: ignore[no-untyped-def]
        if context.retry_number < 2:
            raise OSError("not yet")
        return AssetCheckResult(passed=True)

    with caplog.at_level(logging.WARNING, "notebook_assets"):
        assert outcome(make(sales, flaky)) == {"flaky": True}
    told = [record.getMessage() for record in caplog.records if "flaky" in record.getMessage()]
    assert len(told) == 2
    assert "OSError: not yet" in told[0]


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (ValueError("no"), 3),
        (Failure("no", allow_retries=False), 1),
        (RetryRequested(max_retries=4), 5),
    ],
)
def test_a_check_that_goes_on_failing_is_known_by_its_last_error(make: Make, error: Exception, calls: int) -> None:
    """A Failure may end it before; RetryRequested says by itself how often."""
    made = []

    @asset_check(asset=sales, retry_policy=RetryPolicy(max_retries=2, delay=0.001, backoff=Backoff.LINEAR))
    def broken():  # type: ignore[no-untyped-def]
        made.append(1)
        raise error

    result = make(sales, broken)
    assert len(made) == calls
    assert [each.error for each in result.check_failures] == [error]


def test_a_wrong_result_is_not_tried_again_without_a_policy(make: Make) -> None:
    made = []

    @asset_check(asset=sales)
    def wrong():  # type: ignore[no-untyped-def]
        made.append(1)
        return True

    assert not make(sales, wrong).success
    assert len(made) == 1


def test_an_observation_that_asks_for_it_is_tried_again(store: Instance) -> None:
    """As in the reference, where its decorators take no policy either."""

    @observable_source_asset
    def slow(context):  # type: ignore[no-untyped-def]
        if context.retry_number < 2:
            raise RetryRequested(max_retries=2)
        return DataVersion(f"attempt {context.retry_number}")

    assert observe([slow], instance=store).pieces[0].seen.data_version == "attempt 2"


def test_what_only_executors_could_use_is_seen_on_the_definition() -> None:
    policy = RetryPolicy(max_retries=1)

    @asset_check(asset=sales, pool="database", op_tags={"memory": "8 GB"}, retry_policy=policy)
    def kept() -> None: ...

    assert (kept.pool, kept.op_tags, kept.retry_policy, kept.name) == (
        "database",
        {"memory": "8 GB"},
        policy,
        "shop__sales_kept",
    )
    with pytest.raises(InvalidDefinitionError, match="retry_policy is a RetryPolicy"):
        asset_check(asset=sales, retry_policy=3)


def test_a_check_called_by_hand_gets_the_configuration_of_its_context() -> None:
    context = build_asset_check_context(asset_config={"rows": 2})
    assert enough(context, [1, 2]).passed
    assert not enough(context, [1]).passed


def test_a_resource_is_told_of_the_run_that_it_is_set_up_for(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its configuration may come from the environment, which is read then."""
    told: list[Any] = []

    @resource(config_schema={"url": StringSource})
    def connection(context):  # type: ignore[no-untyped-def]
        told.append((context.run_id, dict(context.run.tags), context.instance, context.resource_config["url"]))
        return 1

    @asset(required_resource_keys={"connection"})
    def used() -> int:
        return 1

    monkeypatch.setenv("URL_OF_THIS_TEST", "somewhere")
    for url in (EnvVar("URL_OF_THIS_TEST"), {"env": "URL_OF_THIS_TEST"}):
        config = {"resources": {"connection": {"config": {"url": url}}}}
        result = make(used, resources={"connection": connection}, run_config=config, tags={"team": "a"})
        assert told.pop() == (result.run_id, {"team": "a"}, result.instance, "somewhere")
        assert result.run_id == result.instance.runs()[0].run_id
