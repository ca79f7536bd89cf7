"""Runs with configuration and resources: what functions see, what is refused, what is set up and torn down when."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetOut,
    Config,
    ConfigurableIOManager,
    ConfigurableIOManagerFactory,
    ConfigurableResource,
    Definitions,
    EnvVar,
    Instance,
    IOManager,
    ResourceParam,
    RunConfig,
    RunInterrupted,
    RunResult,
    asset,
    input_manager,
    io_manager,
    materialize,
    multi_asset,
    resource,
    validate_run_config,
)
from notebook_assets.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    ResourceFunctionError,
    UnknownResourceError,
)

Make = Callable[..., RunResult]


class Report(Config):
    title: str
    rows: int = 3


@asset
def report(config: Report) -> str:
    return f"{config.title} {config.rows}"


@asset(config_schema={"times": int})
def repeated(context, report):  # type: ignore[no-untyped-def]
    return report * context.op_config["times"]


class Service(ConfigurableResource):  # type: ignore[type-arg]
    url: str

    def setup_for_execution(self, context: Any) -> None:
        EVENTS.append(f"open {self.url}")

    def teardown_after_execution(self, context: Any) -> None:
        EVENTS.append(f"close {self.url}")


EVENTS: list[str] = []


@pytest.fixture(autouse=True)
def no_events() -> Iterator[None]:
    EVENTS.clear()
    yield
    EVENTS.clear()


def test_functions_get_their_configuration(make: Make) -> None:
    """By a class, and by a schema."""
    given = RunConfig(ops={"report": Report(title="t"), "repeated": {"config": {"times": 2}}})
    assert make(report, repeated, run_config=given).asset_value("repeated") == "t 3t 3"


def test_all_that_is_wrong_is_named_at_once(store: Instance) -> None:
    """With the paths of the fields, what was expected, what came, and near names; and nothing runs."""
    given = {"ops": {"report": {"config": {"titel": "t", "rows": "3"}}, "repeat": {}}, "resource": {}}
    with pytest.raises(InvalidConfigError) as caught:
        materialize([report, repeated], run_config=given, instance=store, progress=False)
    assert str(caught.value).splitlines() == [
        "The run's configuration does not fit:",
        "- the configuration: unknown section 'resource'; there are: ops, resources, execution, loggers. "
        "Did you mean 'resources'?",
        "- ops: there is no 'repeat'; there are: report, repeated. Did you mean 'repeated' or 'report'?",
        "- ops.report.config: unknown field 'titel'; there are: title, rows. Did you mean 'title'?",
        "- ops.report.config.title: it is missing; expected String or {env: String}",
        "- ops.report.config.rows: expected Int, got '3' (str)",
        "- ops.repeated.config.times: it is missing; expected Int",
    ]
    assert store.latest("report") is None


def test_what_is_not_made_need_not_be_configured_but_may_be(make: Make) -> None:
    """One configuration serves for all assets and for some of them."""
    given = RunConfig(ops={"report": Report(title="t")})
    assert make(report, repeated, selection="report", run_config=given).success
    both = RunConfig(ops={"report": Report(title="t"), "repeated": {"config": {"times": 1}}})
    assert make(report, repeated, selection="report", run_config=both).success


def test_a_run_without_configuration_runs(make: Make) -> None:
    """Where nothing needs any."""

    @asset
    def plain() -> int:
        return 1

    assert make(plain, run_config={}).asset_value("plain") == 1


def test_what_is_no_configuration_is_refused(make: Make) -> None:
    """Such as the configuration of one asset by itself."""
    with pytest.raises(InvalidInvocationError, match="RunConfig"):
        make(report, run_config=["report"])


def test_keys_of_several_parts_are_joined(make: Make) -> None:
    """By two underscores."""

    @asset(key_prefix=["a", "b"])
    def deep(config: Report) -> str:
        return config.title

    assert make(deep, run_config=RunConfig(ops={"a__b__deep": Report(title="t")})).success


def test_a_multi_asset_is_configured_by_its_name(make: Make) -> None:
    """Its function is called once for all."""

    @multi_asset(outs={"one": AssetOut(), "two": AssetOut()})
    def both(config: Report, service: Service) -> tuple[str, str]:
        return config.title, service.url

    given = RunConfig(ops={"both": Report(title="t")})
    result = make(both, run_config=given, resources={"service": Service(url="u")})
    assert (result.asset_value("one"), result.asset_value("two")) == ("t", "u")


def test_a_schema_and_a_class_are_refused() -> None:
    """One function has one configuration."""
    with pytest.raises(InvalidDefinitionError, match="config_schema and a parameter config"):

        @asset(config_schema={"rows": int})
        def both(config: Report) -> None: ...


def test_functions_are_called_as_they_are() -> None:
    """With a configuration and a resource of the caller's."""

    @asset
    def told(config: Report, service: Service) -> str:
        return f"{config.title} {service.url}"

    assert told(config=Report(title="t"), service=Service(url="u")) == "t u"
    assert told.required_resource_keys == {"service"}
    assert told.dependency_keys == frozenset()


def test_a_resource_lives_as_long_as_the_run(make: Make) -> None:
    """Set up before the first piece, torn down after the last, also where one fails."""

    @asset
    def good(service: Service) -> None:
        EVENTS.append("good")

    @asset
    def bad(service: Service) -> None:
        raise ValueError("no")

    assert not make(good, bad, resources={"service": Service(url="u")}, raise_on_error=False).success
    assert EVENTS == ["open u", "good", "close u"]


def test_an_interrupted_run_tears_down(make: Make) -> None:
    """Whatever happens."""

    @asset
    def stopped(service: Service) -> None:
        raise KeyboardInterrupt

    with pytest.raises(RunInterrupted):
        make(stopped, resources={"service": Service(url="u")})
    assert EVENTS == ["open u", "close u"]


def test_a_resource_that_fails_stops_the_run_before_it_begins(make: Make) -> None:
    """The error names it, and what was set up before is torn down."""

    @resource(required_resource_keys={"service"})
    def broken(context: Any) -> None:
        raise OSError("no route")

    @asset(required_resource_keys={"broken"})
    def needy() -> None:
        EVENTS.append("made")

    with pytest.raises(ResourceFunctionError, match=r"'broken' can't be set up: OSError: no route"):
        make(needy, resources={"service": Service(url="u"), "broken": broken})
    assert EVENTS == ["open u", "close u"]


def test_an_error_at_the_end_is_logged_and_stops_no_other(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """The run is over by then."""

    @resource(required_resource_keys={"service"})
    def lingering(context: Any) -> Iterator[int]:
        yield 1
        raise OSError("stuck")

    @asset(required_resource_keys={"lingering"})
    def easy() -> None: ...

    assert make(easy, resources={"service": Service(url="u"), "lingering": lingering}).success
    assert "'lingering' could not be torn down: OSError: stuck" in caplog.text
    assert EVENTS == ["open u", "close u"]


def test_resources_that_need_each_other_are_refused(make: Make) -> None:
    """With the circle."""
    one = resource(required_resource_keys={"two"})(lambda context: 1)
    two = resource(required_resource_keys={"one"})(lambda context: 2)

    @asset(required_resource_keys={"one"})
    def needy() -> None: ...

    with pytest.raises(InvalidDefinitionError, match="one → two → one"):
        make(needy, resources={"one": one, "two": two})


def test_a_missing_resource_is_named(make: Make) -> None:
    """By the parameter that wants it."""

    @asset
    def needy(service: Service, number: ResourceParam[int]) -> None: ...

    with pytest.raises(UnknownResourceError, match="'number'"):
        make(needy, resources={"service": Service(url="u")})


def test_what_nobody_needs_is_not_set_up_unless_it_is_asked_for(make: Make) -> None:
    """Any asset may look at any resource, as at a plain object."""

    @asset
    def curious(context: Any, ask: ResourceParam[bool]) -> str:
        return context.resources.service.url if ask else "none"  # type: ignore[no-any-return]

    service = Service(url="u")
    assert make(curious, resources={"service": service, "ask": False}).asset_value("curious") == "none"
    assert EVENTS == []
    assert make(curious, resources={"service": service, "ask": True}).asset_value("curious") == "u"
    assert EVENTS == ["open u", "close u"]


def test_environment_is_read_when_a_run_begins(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when the resource is defined; what is lacking is named, a value of the wrong kind is not shown."""

    @asset
    def told(service: Service) -> str:
        return service.url

    later = Service(url=EnvVar("URL_FOR_TESTS"))
    with pytest.raises(InvalidConfigError, match=r"its field 'url' .*'URL_FOR_TESTS' is not set"):
        make(told, resources={"service": later})
    monkeypatch.setitem(os.environ, "URL_FOR_TESTS", "secret")
    assert make(told, resources={"service": later}).asset_value("told") == "secret"
    with pytest.raises(InvalidConfigError) as caught:
        make(report, run_config=RunConfig(ops={"report": {"config": {"title": "t", "rows": {"env": "URL_FOR_TESTS"}}}}))
    assert "secret" not in str(caught.value)


class Shelf(ConfigurableIOManager):
    name: str

    def setup_for_execution(self, context: Any) -> None:
        EVENTS.append("open shelf")

    def teardown_after_execution(self, context: Any) -> None:
        EVENTS.append("close shelf")

    def handle_output(self, context: Any, obj: Any) -> None:
        SHELF[context.asset_key.to_user_string()] = obj

    def load_input(self, context: Any) -> Any:
        return SHELF[context.asset_key.to_user_string()]


class ShelfMaker(ConfigurableIOManagerFactory):
    name: str

    def create_io_manager(self, context: Any) -> IOManager:
        return Shelf(name=self.name)


@io_manager(config_schema={"name": str})
def shelf(context: Any) -> IOManager:
    return Shelf(name=context.resource_config["name"])


SHELF: dict[str, Any] = {}


@asset
def first() -> int:
    return 1


@asset
def second(first: int) -> int:
    return first + 1


@pytest.mark.parametrize(
    "manager", [Shelf(name="s"), ShelfMaker(name="s"), shelf.configured({"name": "s"})], ids=["class", "factory", "fn"]
)
def test_io_managers_are_set_up(make: Make, manager: Any, store: Instance) -> None:
    """For a run, for a value asked of its result, and for one asked of definitions."""
    SHELF.clear()
    result = make(first, second, resources={"io_manager": manager})
    assert SHELF == {"first": 1, "second": 2}
    assert result.asset_value("second") == 2
    definitions = Definitions([first, second], resources={"io_manager": manager})
    assert definitions.load_asset_value("second", instance=store) == 2
    times = 3 if isinstance(manager, Shelf) else 0
    assert ["open shelf", "close shelf"] * times == EVENTS


def test_input_managers_load_and_store_nothing(make: Make) -> None:
    """For the input that names them."""

    @input_manager(config_schema={"value": int}, required_resource_keys={"more"})
    def fixed(context: Any) -> Any:
        return context.resources.more

    @asset(ins={"first": AssetIn(input_manager_key="fixed")})
    def read(first: int) -> int:
        return first

    given = {"resources": {"fixed": {"config": {"value": 1}}}}
    assert make(first, read, resources={"fixed": fixed, "more": 7}, run_config=given).asset_value("read") == 7
    with pytest.raises(InvalidConfigError, match=r"resources\.fixed\.config\.value"):
        make(first, read, resources={"fixed": fixed, "more": 7})


def test_a_configuration_is_checked_without_a_run() -> None:
    """With its defaults filled in."""
    given = {"ops": {"report": {"config": {"title": "t"}}}}
    assert validate_run_config([report], given) == {"ops": {"report": {"config": {"title": "t", "rows": 3}}}}
    with pytest.raises(InvalidConfigError, match=r"ops\.report\.config\.title"):
        validate_run_config([report])


@pytest.mark.parametrize("wrong", [{"zzzz": {}}, {"resources": {"zzzz": {}}}, {"ops": {"zzzz": {}}}])
def test_what_is_wrong_with_a_configuration_ends_in_one_full_stop(wrong: dict[str, Any]) -> None:
    needed = {"report": {"config": {"title": "a"}}}
    with pytest.raises(InvalidConfigError, match=r"[^.]\.$"):
        materialize([report], run_config={**wrong, "ops": {**needed, **wrong.get("ops", {})}}, progress=False)
