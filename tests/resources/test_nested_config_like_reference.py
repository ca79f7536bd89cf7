"""Config classes nested at random, and all forms of a run's configuration: refused and read as in the reference."""

import enum
import os
from collections.abc import Callable
from typing import Annotated, Any, Literal, Optional, Union

import dagster
import pytest
from dagster_shared.check import CheckError
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pydantic import Field as Described
from pydantic import ValidationError

import notebook_assets
from notebook_assets.errors import InvalidConfigError
from notebook_assets.resources.config_types import processed

os.environ["NESTED_NUMBER"] = "12"
REFUSED = "refused"
PHASES = [Phase.explicit, Phase.generate]


pytestmark = pytest.mark.usefixtures("quiet_reference")


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


# A kind of field: makes its annotation for a library, and a strategy of values that mostly fit.
Kind = tuple[Callable[[Any], Any], st.SearchStrategy[Any], Any]

SCALARS: list[Kind] = [
    (lambda _: int, st.integers(-3, 3), 1),
    (lambda _: str, st.sampled_from(["", "a", "r"]), "x"),
    (lambda _: float, st.sampled_from([0.5, 2.0, 3]), 1.5),
    (lambda _: bool, st.booleans(), True),
    (lambda _: Any, st.sampled_from([None, 1, "a", [1], {"a": 2}]), None),
    (lambda _: Colour, st.sampled_from(["RED", "BLUE", "r"]), Colour.RED),
    (lambda _: Literal["a", "b"], st.sampled_from(["a", "b", "c"]), "b"),
]
WRONG = st.sampled_from([None, 1, 1.5, "a", True, [], [1], {}, {"a": 1}, {"env": "NESTED_NUMBER"}, {"cat": {"n": 1}}])


def optional(kind: Kind) -> Kind:
    return lambda dg: Optional[kind[0](dg)], st.none() | kind[1], None  # noqa: UP045


def several(kind: Kind) -> Kind:
    return lambda dg: list[kind[0](dg)], st.lists(kind[1], max_size=2), []


def by_name(kind: Kind) -> Kind:
    return (
        lambda dg: dict[str, kind[0](dg)],
        st.dictionaries(st.sampled_from(["a", "b", "k"]), kind[1], max_size=2),
        {},
    )


NO_DEFAULT = object()


def pets(dg: Any) -> Any:
    """Return the union of two classes that are told apart by a field."""

    class Cat(dg.Config):  # type: ignore[misc,name-defined]
        pet: Literal["cat"] = "cat"
        n: int

    class Dog(dg.Config):  # type: ignore[misc,name-defined]
        pet: Literal["dog"] = "dog"
        loud: bool = True

    return Annotated[Union[Cat, Dog], Described(discriminator="pet")]  # noqa: UP007


PETS: st.SearchStrategy[Kind] = st.just(
    (
        pets,
        st.sampled_from([{"cat": {"n": 1}}, {"dog": {}}, {"dog": {"loud": False}}, {"cat": {}}, {"cow": {}}]),
        NO_DEFAULT,
    )
)


@st.composite
def nested(draw: st.DrawFn, inner: st.SearchStrategy[Kind]) -> Kind:
    """A class of its own, permissive or not; each field with a default, a description, or neither."""
    parts = draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), inner | PETS, min_size=1, max_size=2))
    defaults = {name: draw(st.sampled_from(["none", "none", "plain", "described"])) for name in parts}
    is_permissive = draw(st.integers(0, 4)) == 0

    def build(dg: Any) -> Any:
        body: dict[str, Any] = {"__annotations__": {name: part[0](dg) for name, part in parts.items()}}
        body["__module__"] = __name__
        for name, form in defaults.items():
            default = parts[name][2]
            if form == "plain" and default is not NO_DEFAULT:
                body[name] = default
            elif form == "described":
                body[name] = Described(description="what it is for")
        base = dg.PermissiveConfig if is_permissive else dg.Config
        return type(base)("Made", (base,), body)

    values = st.fixed_dictionaries({}, optional={name: part[1] for name, part in parts.items()})
    extra = st.dictionaries(st.just("q"), st.integers(0, 1), max_size=1) if is_permissive else st.just({})
    return build, st.builds(lambda one, other: {**one, **other}, values, extra), NO_DEFAULT


def grown(inner: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    return st.one_of(inner.map(optional), inner.map(several), inner.map(by_name), nested(inner), nested(inner))


KINDS = nested(st.recursive(st.sampled_from(SCALARS), grown, max_leaves=4))


def broken(draw: st.DrawFn, value: Any) -> Any:
    """Return the value with one part of it replaced by something else, or a name added or left out."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(value)))
        how = draw(st.sampled_from(["deeper", "deeper", "without", "other name"]))
        rest = {each: part for each, part in value.items() if each != name}
        if how == "without":
            return rest
        if how == "other name":
            return {**rest, "z": value[name]}
        return {**rest, name: broken(draw, value[name])}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [*value[:-1], broken(draw, value[-1])]
    return draw(WRONG)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Kind, Any]:
    kind = draw(KINDS)
    value = draw(kind[1])
    return kind, broken(draw, value) if draw(st.integers(0, 2)) == 0 else value


def here(made: Any, given: Any) -> Any:
    try:
        return repr(processed(made, given))
    except InvalidConfigError:
        return REFUSED


def there(made: Any, given: Any) -> Any:
    seen: list[Any] = []

    def one(config: made) -> None:
        seen.append(repr(config))

    try:
        one = dagster.asset(one)
    except dagster.DagsterError:  # what has no form in a schema is left to pydantic here
        assume(False)

    try:
        dagster.materialize_to_memory([one], run_config={"ops": {"one": {"config": given}}})
    except (dagster.DagsterInvalidConfigError, ValidationError, CheckError):  # the last for None in a list
        return REFUSED
    return seen[0]


@settings(max_examples=80, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(cases())
def test_nested_classes_refuse_and_read_alike(case: tuple[Kind, Any]) -> None:
    kind, value = case
    assert here(kind[0](notebook_assets), value) == there(kind[0](dagster), value)
