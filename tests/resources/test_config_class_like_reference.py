"""Config classes: which values are refused, and what the others become, is as in the reference."""

import enum
import os
from typing import Annotated, Any, Dict, List, Literal, Mapping, Optional, Union  # noqa: UP035

import dagster
import pytest
from dagster_shared.check import CheckError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field as Described
from pydantic import ValidationError

import notebook_assets
from notebook_assets.errors import InvalidConfigError
from notebook_assets.resources.config_types import processed

os.environ["A_NUMBER"] = "12"


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


def classes(base: Any, permissive: Any) -> dict[str, Any]:
    """The same classes over the base class of one side, one for each kind of field."""

    class Inner(base):  # type: ignore[misc]
        z: int = 3

    class Loose(permissive):  # type: ignore[misc]
        a: int = 1

    class Cat(base):  # type: ignore[misc]
        pet: Literal["cat"] = "cat"
        meows: int

    class Dog(base):  # type: ignore[misc]
        pet: Literal["dog"] = "dog"
        barks: float = 1.5

    annotations: dict[str, tuple[Any, ...]] = {
        "int": (int,),
        "int with default": (int, 3),
        "str": (str,),
        "bool": (bool,),
        "float": (float,),
        "Any": (Any,),
        "Optional": (Optional[int],),  # noqa: UP045
        "Optional with default": (Optional[int], 4),  # noqa: UP045
        "Optional list": (list[str] | None,),
        "List": (List[int],),  # noqa: UP006
        "list": (list,),
        "Dict": (Dict[str, int],),  # noqa: UP006
        "Mapping": (Mapping[str, int],),
        "dict": (dict,),
        "Enum": (Colour,),
        "Enum with default": (Colour, Colour.BLUE),
        "Literal": (Literal["a", "b"],),
        "nested": (Inner,),
        "optional nested": (Optional[Inner],),  # noqa: UP045
        "list of nested": (list[Inner],),
        "dict of nested": (dict[str, Inner],),
        "permissive": (Loose,),
        "union": (Annotated[Union[Cat, Dog], Described(discriminator="pet")],),  # noqa: UP007
        "limited": (Annotated[int, Described(gt=2)],),
    }
    made = {}
    for name, (annotation, *default) in annotations.items():
        body: dict[str, Any] = {"__annotations__": {"x": annotation}, "__module__": __name__}
        made[name] = type(base)("Made", (base,), {**body, **({"x": default[0]} if default else {})})
    return made


OURS = classes(notebook_assets.Config, notebook_assets.PermissiveConfig)
THEIRS = classes(dagster.Config, dagster.PermissiveConfig)
KEYS = st.sampled_from(["a", "b", "z", "pet", "cat", "dog", "meows", "barks", "env", "x"])
VALUES = st.recursive(
    st.sampled_from([None, True, 0, 3, 1.5, "a", "RED", "r", "A_NUMBER", "cat"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)
REFUSED = "refused"


def here(made: Any, given: dict[str, Any]) -> Any:
    try:
        found = processed(made, given)
        found._variables.clear()  # the reference shows what they hold
        return repr(found)
    except InvalidConfigError:
        return REFUSED


def there(made: Any, given: dict[str, Any]) -> Any:
    seen: list[Any] = []

    @dagster.asset
    def one(config: made) -> None:
        seen.append(repr(config))

    try:
        dagster.materialize_to_memory([one], run_config={"ops": {"one": {"config": given}}})
    except (dagster.DagsterInvalidConfigError, ValidationError, CheckError):  # the last for None in a list
        return REFUSED
    return seen[0]


CASES = [
    *[{"x": value} for value in (None, True, 1, 1.0, "1", "a", "RED", [1], ["1"], {}, {"a": 1}, {"z": 1}, {"q": 1})],
    *[{"x": value} for value in ({"env": "A_NUMBER"}, {"cat": {"meows": 1}}, {"dog": {}}, {"cow": {}}, {"pet": "cat"})],
    {},
    {"y": 3},
]
NAMES = list(OURS)
SLOW_CASES = [(name, case) for at, name in enumerate(NAMES) for case in CASES[at % 4 :: 4]]


@pytest.mark.parametrize(("name", "given"), SLOW_CASES)
def test_case_is_refused_and_read_like_reference(name: str, given: dict[str, Any]) -> None:
    """A quarter of the cases for each kind of field, another quarter from kind to kind."""
    assert here(OURS[name], given) == there(THEIRS[name], given)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(NAMES), VALUES)
def test_random_values_are_refused_and_read_like_reference(name: str, value: Any) -> None:
    """Random values, too."""
    assert here(OURS[name], {"x": value}) == there(THEIRS[name], {"x": value})
