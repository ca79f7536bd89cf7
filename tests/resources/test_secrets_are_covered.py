"""What secrets hold, and what was read from the environment, stands in no text that is shown or kept."""

from __future__ import annotations

import enum
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import Field as Described
from pydantic import ValidationError, field_validator

from notebook_assets import (
    Config,
    ConfigurableResource,
    EnvVar,
    InitResourceContext,
    Instance,
    RunConfig,
    asset,
    build_init_resource_context,
    build_resources,
    describe,
    graph,
    materialize,
    op,
    resource,
)
from notebook_assets.errors import InvalidConfigError, InvalidInvocationError, ResourceFunctionError
from notebook_assets.resources.config_types import processed

KEPT = "s3cr3t-VALUE"
COVER = "••••••"


@pytest.fixture(autouse=True)
def variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the environment that holds what must not be told."""
    monkeypatch.setenv("KEPT_FOR_TESTS", KEPT)


class Service(ConfigurableResource):
    url: str
    rows: int = 3
    names: list[str] = Described(default_factory=list)


class Named(ConfigurableResource):
    address: str = Described(alias="url")


class Settings(Config):
    url: str = ""
    names: list[str] = Described(default_factory=list)
    by_name: dict[str, str] = Described(default_factory=dict)


class Level(enum.Enum):
    LOW = 1


class Secrets(Config):
    password: str = ""
    token: Level = Level.LOW
    pin_secret: int = 0
    rows: int = 3


VARIABLE = EnvVar("KEPT_FOR_TESTS")


@pytest.mark.parametrize(
    ("given", "config"),
    [
        (lambda: Service(url=VARIABLE), None),
        (lambda: Service(url="x", names=[VARIABLE]), None),
        (lambda: Named(url=VARIABLE), None),
        (lambda: Service.configure_at_launch(), {"url": VARIABLE}),
        (lambda: Service.configure_at_launch(rows=3), {"url": {"env": "KEPT_FOR_TESTS"}}),
        (
            lambda: (
                Service.configure_at_launch().get_resource_definition().configured({"url": {"env": "KEPT_FOR_TESTS"}})
            ),
            None,
        ),
    ],
    ids=["field", "list", "alias", "run config", "run config as a dict", "configured"],
)
def test_a_resource_in_a_run_shows_the_names_of_variables(given: Callable[[], Any], config: Any) -> None:
    """It has their values, and shows them by no means."""
    with build_resources(
        {"service": given()}, resource_config={"service": {"config": config}} if config else None
    ) as all_:
        found = all_.service
        assert KEPT in [getattr(found, "url", ""), getattr(found, "address", ""), *getattr(found, "names", [])]
        for text in (repr(found), str(found), repr(describe(found)), found._repr_html_()):
            assert KEPT not in text
            assert "KEPT_FOR_TESTS" in text


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Settings, {"url": VARIABLE}),
        (Settings, {"url": {"env": "KEPT_FOR_TESTS"}, "names": ["a"]}),
        (Settings, {"names": ["a", VARIABLE]}),
        (Settings, {"by_name": {"a": VARIABLE}}),
    ],
    ids=["variable", "dict", "list", "map"],
)
def test_a_configuration_shows_the_names_of_variables(kind: Any, written: dict[str, Any]) -> None:
    """It has their values, and is the same as one that was given them."""
    found = processed(kind, written)
    assert KEPT in str(found.model_dump())
    for text in (repr(found), str(found), repr(describe(found)), found._repr_html_()):
        assert KEPT not in text
        assert "KEPT_FOR_TESTS" in text
    assert found == kind(**found.model_dump())


def test_an_error_that_quotes_a_resource_keeps_no_value() -> None:
    """Neither in its message nor anywhere else in the store."""

    @asset
    def broken(service: Service) -> None:
        raise ValueError(f"no connection: {service!r}")

    store = Instance.ephemeral()
    materialize([broken], resources={"service": Service(url=VARIABLE)}, instance=store, raise_on_error=False)
    kept = str([tuple(row) for row in store.db.execute("select * from failures")])
    assert "EnvVar('KEPT_FOR_TESTS')" in kept.replace("\\", "")
    assert KEPT not in kept


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("password", ["hunter2"], "list"),
        ("password", 987654, "int"),
        ("password", {"a": "hunter2"}, "dict"),
        ("token", "hunter2", "str"),
        ("pin_secret", "hunter2", "str"),
    ],
)
def test_errors_cover_what_does_not_fit_a_secret(field: str, value: Any, kind: str) -> None:
    """They say of which kind it is."""
    with pytest.raises(InvalidConfigError) as caught:
        processed(Secrets, {field: value}, "ops.daily.config")
    assert f"got {COVER} ({kind})" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "987654" not in str(caught.value)


def test_errors_say_what_does_not_fit_elsewhere() -> None:
    """A name of an asset makes no secret of its configuration, and None is none."""
    with pytest.raises(InvalidConfigError, match="got 'many'"):
        processed(Secrets, {"rows": "many"}, "ops.count_tokens.config")
    with pytest.raises(InvalidConfigError, match="got None"):
        processed(Secrets, {"password": None}, "ops.daily.config")
    with pytest.raises(InvalidConfigError, match=f"'password': {COVER}"):
        processed(Secrets, {"rows": {"password": "hunter2"}}, "ops.daily.config")


def test_what_is_no_configuration_of_a_run_is_quoted_without_secrets() -> None:
    """Whatever it is instead, and wherever it stands."""

    @asset
    def daily(config: Secrets) -> None: ...

    for given in (
        [{"password": "hunter2"}],
        {"ops": [{"password": "hunter2"}]},
        {"ops": {"daily": [{"token": "hunter2"}]}},
    ):
        with pytest.raises((InvalidInvocationError, InvalidConfigError)) as caught:
            materialize([daily], instance=Instance.ephemeral(), run_config=given, progress=False)  # type: ignore[arg-type]
        assert COVER in str(caught.value)
        assert "hunter2" not in str(caught.value)


def test_the_repr_of_a_configuration_of_a_run_is_covered() -> None:
    """To any depth, and in Config classes; the dict that it stands for is as it was."""
    config = RunConfig(
        ops={"daily": {"config": {"password": "hunter2", "rows": 3}}, "other": Secrets(password="hunter2")},
        resources={"service": {"config": {"deep": [{"api_key": "hunter2"}], "url": VARIABLE}}},
    )
    for text in (repr(config), str(config), f"{config}"):
        assert "hunter2" not in text
        assert "'rows': 3" in text
        assert "EnvVar('KEPT_FOR_TESTS')" in text
    assert config.to_config_dict()["ops"]["daily"]["config"]["password"] == "hunter2"


@pytest.mark.parametrize("kind", [Secrets, Service])
def test_pydantic_says_nothing_of_values(kind: Any) -> None:
    """Where an instance is made of what does not fit."""
    with pytest.raises(ValidationError) as caught:
        kind(password=["hunter2"], url=["hunter2"], rows=["hunter2"])
    assert "hunter2" not in str(caught.value)


class Checked(Config):
    token: str = "a"
    url: str = "a"

    @field_validator("token", "url")
    @classmethod
    def short(cls, value: str) -> str:
        if len(value) > 3:
            raise ValueError(f"too long: {value!r}")
        return value


class CheckedService(ConfigurableResource):
    url: str = "a"

    _short = field_validator("url")(lambda value: Checked.short(value))


def test_what_a_validator_says_of_a_secret_is_covered() -> None:
    """Of a variable's value too; other values are quoted as it likes."""
    with pytest.raises(InvalidConfigError, match=f"too long: '{COVER}'"):
        processed(Checked, {"url": VARIABLE})
    with pytest.raises(InvalidConfigError, match=f"too long: '{COVER}'"):
        processed(Checked, {"token": "hunter2"})
    with pytest.raises(InvalidConfigError, match=r"too long: 'example\.org'"):
        processed(Checked, {"url": "example.org"})


def test_what_a_validator_says_of_a_resource_is_covered_in_its_traceback() -> None:
    """No error before it tells the value either."""
    later = CheckedService.configure_at_launch()
    with (
        pytest.raises(InvalidConfigError, match=COVER) as caught,
        build_resources({"service": later}, resource_config={"service": {"config": {"url": VARIABLE}}}),
    ):
        pass
    assert KEPT not in "".join(traceback.format_exception(caught.value))


@resource(config_schema={"pw": str, "password": str})
def connection(context: InitResourceContext) -> None:
    told.append(repr(context))
    raise ValueError(f"no connection: {context.resource_config}")


told: list[str] = []


@pytest.mark.parametrize(
    "given",
    [
        lambda config: ({"c": connection}, {"c": {"config": config}}),
        lambda config: ({"c": connection.configured(config)}, None),
    ],
    ids=["run config", "configured"],
)
def test_a_resource_that_can_not_be_set_up_tells_no_values(given: Callable[[Any], tuple[Any, Any]]) -> None:
    """Neither in the error nor in what its context shows."""
    things, config = given({"pw": VARIABLE, "password": "hunter2"})
    with (
        pytest.raises(ResourceFunctionError, match="can't be set up: ValueError: no connection") as caught,
        build_resources(things, resource_config=config),
    ):
        pass
    assert repr(VARIABLE) in told[-1]
    for text in (str(caught.value), told[-1]):
        assert KEPT not in text
        assert "hunter2" not in text
        assert COVER in text


def test_contexts_for_tests_show_what_they_were_given() -> None:
    """Without secrets."""
    shown = repr(build_init_resource_context(config={"url": "example.org", "token": "hunter2"}))
    assert f"resource_config={{'url': 'example.org', 'token': {COVER}}}" in shown


@pytest.mark.parametrize(
    "given", [{"ops": [{"token": "hunter2"}]}, {"ops": {"one": [{"token": "hunter2"}]}}], ids=["nodes", "node"]
)
def test_what_is_no_configuration_of_a_graph_is_quoted_without_secrets(given: Any) -> None:
    @op(config_schema={"token": str})
    def one() -> None: ...

    @graph
    def both() -> None:
        one()

    @graph
    def all_ops() -> None:
        both()

    with pytest.raises(InvalidConfigError, match=COVER) as caught:
        all_ops.to_job().execute_in_process(run_config={"ops": {"both": given}})
    assert "hunter2" not in str(caught.value)
