"""Resources outside of runs: defined wrongly, called in tests, set up by build_resources."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import PrivateAttr, ValidationError

from notebook_assets import (
    Config,
    ConfigurableResource,
    EnvVar,
    Field,
    InitResourceContext,
    ResourceDefinition,
    ResourceDependency,
    build_init_resource_context,
    build_resources,
    configured,
    resource,
)
from notebook_assets.errors import (
    InvalidConfigDefinitionError,
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
)


class Counter(ConfigurableResource):  # type: ignore[type-arg]
    start: int = 0
    _count: list[int] = PrivateAttr(default_factory=list)
    _said: str = PrivateAttr(default="nothing")

    def setup_for_execution(self, context: InitResourceContext) -> None:
        self._count.append(self.start)


class Ending(ConfigurableResource):  # type: ignore[type-arg]
    def teardown_after_execution(self, context: InitResourceContext) -> None:
        print("ended")


@resource(config_schema={"name": str}, required_resource_keys={"greeting"})
def greeter(context: InitResourceContext) -> str:
    return f"{context.resources.greeting} {context.resource_config['name']}"


def test_a_function_is_called_with_a_built_context() -> None:
    """As in a test of one's own; its configuration is checked."""
    assert greeter(build_init_resource_context({"name": "Ann"}, {"greeting": "hello"})) == "hello Ann"
    with pytest.raises(InvalidConfigError, match=r"config\.name: expected String, got 3"):
        greeter(build_init_resource_context({"name": 3}))
    with pytest.raises(InvalidInvocationError, match="build_init_resource_context"):
        greeter()


def test_a_generator_is_used_in_a_with_block() -> None:
    """When it is called directly."""

    @resource
    def session() -> Iterator[int]:
        yield 3

    with session() as value:
        assert value == 3


@pytest.mark.parametrize("wrong", [lambda context, other: 1, 3, "name"], ids=["two parameters", "a number", "a name"])
def test_what_is_no_function_of_a_context_is_refused(wrong: Any) -> None:
    """When the resource is defined."""
    with pytest.raises(InvalidDefinitionError, match="resource"):
        ResourceDefinition(wrong)


def test_configured_by_functions_of_functions() -> None:
    """Each checks what it is given, and what it gives."""

    @configured(greeter, {"first": str, "last": Field(str, default_value="Lee")})
    def by_parts(config: dict[str, str]) -> dict[str, str]:
        return {"name": f"{config['first']} {config['last']}"}

    ann = by_parts.configured({"first": "Ann"})
    with build_resources({"greeter": ann, "greeting": "hi"}) as resources:
        assert resources.greeter == "hi Ann Lee"
    with pytest.raises(InvalidConfigError, match=r"config\.first"):
        by_parts.configured({"first": 3})
    with pytest.raises(InvalidInvocationError, match="takes what can be configured"):
        configured(3)


def test_state_belongs_to_one_set_up() -> None:
    """What a definition was given stays its own; what a test put there is seen."""
    counter = Counter(start=2)
    counter._said = "hello"
    for _ in range(2):
        with build_resources({"counter": counter}) as resources:
            assert resources.counter is not counter
            assert (resources.counter._count, resources.counter._said) == ([2], "hello")
    assert counter._count == []


def test_resources_are_not_changed() -> None:
    """Their state is private."""
    with pytest.raises(InvalidInvocationError, match="PrivateAttr"):
        Counter().start = 3
    with pytest.raises(ValidationError):
        Counter(start="three")


def test_what_is_torn_down_needs_a_with_block() -> None:
    """Else it would be torn down before it is used."""
    assert Counter(start=3).process_config_and_initialize()._count == [3]
    assert Counter.from_resource_context(build_init_resource_context({"start": 4})).start == 4
    with pytest.raises(InvalidInvocationError, match="with block"):
        Ending().process_config_and_initialize()
    with pytest.raises(InvalidInvocationError, match="with block"):
        Ending.from_resource_context(build_init_resource_context())


def test_a_resource_is_torn_down_at_the_end_of_its_block(capsys: pytest.CaptureFixture[str]) -> None:
    """Also when the block fails."""
    with Ending().process_config_and_initialize_cm():
        assert capsys.readouterr().out == ""
    assert capsys.readouterr().out == "ended\n"
    with pytest.raises(ValueError, match="no"), Ending.from_resource_context_cm(build_init_resource_context()):
        raise ValueError("no")
    assert capsys.readouterr().out == "ended\n"


def test_a_dependency_is_set_up_of_whatever_kind() -> None:
    """A function, a class, or a plain object; the same one under a key of its own is the same."""

    class Holder(ConfigurableResource):  # type: ignore[type-arg]
        counter: Counter
        thing: ResourceDependency[str]

    counter, plain = Counter(start=5), ResourceDefinition.hardcoded_resource("made")
    with build_resources({"holder": Holder(counter=counter, thing=plain), "counter": counter}) as resources:
        assert resources.holder.thing == "made"
        assert resources.holder.counter is resources.counter
        assert resources.counter._count == [5]
    with build_resources({"holder": Holder(counter=counter, thing="raw")}) as resources:
        assert (resources.holder.thing, resources.holder.counter.start) == ("raw", 5)


def test_one_definition_under_two_keys_is_set_up_twice() -> None:
    """Each with its own configuration."""
    late = Counter.configure_at_launch()
    given = {"one": {"config": {"start": 1}}, "two": {"config": {"start": 2}}}
    with build_resources({"one": late, "two": late}, resource_config=given) as resources:
        assert (resources.one.start, resources.two.start) == (1, 2)


def test_a_nested_variable_is_read_at_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """In fields of fields, too."""

    class Account(Config):
        name: str

    class Login(ConfigurableResource):  # type: ignore[type-arg]
        account: Account
        hosts: list[str]

    login = Login(account={"name": "n"}, hosts=["a", EnvVar("HOST_OF_TEST")])
    monkeypatch.setenv("HOST_OF_TEST", "b")
    assert login.process_config_and_initialize().hosts == ["a", "b"]


@pytest.mark.parametrize("schema", [3, object(), {"a": 3}, [int, str], "int", set])
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    """With the forms that there are."""
    with pytest.raises(InvalidConfigDefinitionError, match=r"schema|holds the one type"):
        resource(config_schema=schema)(lambda context: 1)


def test_defaults_must_fit() -> None:
    """When the field is defined."""
    with pytest.raises(InvalidConfigError, match="expected Int, got 'a'"):
        Field(int, default_value="a")
    with pytest.raises(InvalidConfigDefinitionError, match="required or has a default"):
        Field(int, default_value=3, is_required=True)
