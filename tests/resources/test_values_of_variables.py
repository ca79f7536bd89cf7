"""What stands for variables of the environment."""

import pytest

from notebook_assets import Config, EnvVar, IntSource, StringSource
from notebook_assets.errors import InvalidConfigError
from notebook_assets.resources import BoolSource
from notebook_assets.resources.config_types import processed


class Server(Config):
    host: str
    port: int = 80


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text, a number and a truth value."""
    for name, value in {"HOST_T": "h", "PORT_T": "8080", "FLAG_T": "true"}.items():
        monkeypatch.setenv(name, value)


def test_values_are_asked_for_by_name() -> None:
    """By people who want them now."""
    assert EnvVar("HOST_T").get_value() == "h"
    assert EnvVar.int("PORT_T").get_value() == 8080
    assert EnvVar("NONE_T").get_value() is None
    assert EnvVar("NONE_T").get_value("else") == "else"
    assert EnvVar.int("NONE_T").get_value(3) == 3
    with pytest.raises(ValueError, match="'HOST_T' holds no whole number"):
        EnvVar.int("HOST_T").get_value()


@pytest.mark.parametrize("variable", [EnvVar("HOST_T"), EnvVar.int("PORT_T")], ids=["text", "number"])
def test_what_stands_for_a_value_is_no_text(variable: object) -> None:
    """It says what to do, instead of being taken for the value."""
    with pytest.raises(RuntimeError, match="get_value"):
        str(variable)
    with pytest.raises(RuntimeError, match="get_value"):
        f"{variable}"


@pytest.mark.parametrize(
    ("schema", "given", "found"),
    [
        (StringSource, {"env": "HOST_T"}, "h"),
        (StringSource, EnvVar("HOST_T"), "h"),
        (StringSource, "plain", "plain"),
        (IntSource, {"env": "PORT_T"}, 8080),
        (IntSource, EnvVar.int("PORT_T"), 8080),
        (BoolSource, {"env": "FLAG_T"}, True),
        ({"host": str}, {"host": EnvVar("HOST_T")}, {"host": "h"}),
        (Server, {"host": {"env": "HOST_T"}, "port": {"env": "PORT_T"}}, Server(host="h", port=8080)),
        (Server, Server(host=EnvVar("HOST_T"), port=EnvVar.int("PORT_T")), Server(host="h", port=8080)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_values_are_read_when_a_configuration_is(schema: object, given: object, found: object) -> None:
    """In all forms of schemas."""
    assert processed(schema, given) == found


@pytest.mark.parametrize(
    ("schema", "given", "said"),
    [
        (StringSource, {"env": "NONE_T"}, "'NONE_T' is not set"),
        (IntSource, {"env": "HOST_T"}, "'HOST_T' holds no Int"),
        (IntSource, EnvVar.int("HOST_T"), "'HOST_T' holds no whole number"),
        (IntSource, EnvVar("HOST_T"), r"expected Int, which EnvVar\('HOST_T'\) does not hold"),
        (StringSource, {"env": 3}, "expected String or {env: String}"),
        (StringSource, {"envy": "HOST_T"}, "expected String or {env: String}"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_not_there_is_named(schema: object, given: object, said: str) -> None:
    """By the name of the variable, never by its value."""
    with pytest.raises(InvalidConfigError, match=said):
        processed(schema, given)
