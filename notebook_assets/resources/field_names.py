"""By which names the fields of a Config class, or of a resource, are given; a name of none is a slip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import AliasChoices, AliasPath, BaseModel
from pydantic_core import PydanticCustomError

from notebook_assets.errors import InvalidDefinitionError, did_you_mean


def names_of(model: type[BaseModel]) -> list[str]:
    """Return the names by which the fields of a class may be given: their aliases, where they have any.

    >>> from pydantic import Field
    >>> class Report(BaseModel):
    ...     title: str
    ...     kind: str = Field(alias="type")
    >>> names_of(Report)
    ['title', 'type']
    """
    by_name = model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name")
    found: list[str] = []
    for name, info in model.model_fields.items():
        alias = info.validation_alias or info.alias
        found += _written(alias) if alias is not None else ()
        found += (name,) if alias is None or by_name else ()
    return found


def _written(alias: str | AliasPath | AliasChoices) -> list[str]:
    if isinstance(alias, AliasChoices):
        return [name for each in alias.choices for name in _written(each)]
    return [alias if isinstance(alias, str) else str(alias.path[0])]


def unknown_field(model: type[BaseModel], given: Iterable[str]) -> str | None:
    """Return what to say of the first name that is no field of a class, None where all are.

    A class that says ``extra="ignore"`` or ``extra="allow"`` in its ``model_config`` takes any name.

    Args:
        model: The class.
        given: The names.

    >>> class Report(BaseModel):
    ...     title: str
    >>> unknown_field(Report, ["titel"])
    "unknown field 'titel'; there are: title. Did you mean 'title'?"
    """
    known = names_of(model)
    wrong = next((name for name in given if name not in known), None)
    if wrong is None or model.model_config.get("extra") in ("ignore", "allow"):
        return None
    there = f"there are: {', '.join(known)}" if known else "there are none"
    return f"unknown field {wrong!r}; {there}.{did_you_mean(str(wrong), known)}"


def checked_names(model: type[BaseModel], given: Any) -> Any:
    """Return what an instance of a class is to be made of, for a validator that comes before all others.

    Args:
        model: The class.
        given: A dict of fields; anything else is left to pydantic.

    Raises:
        PydanticCustomError: It names what is no field; pydantic tells of it as of any value that does not fit.

    >>> class Report(BaseModel):
    ...     title: str
    >>> checked_names(Report, {"title": "Flights"})
    {'title': 'Flights'}
    """
    problem = unknown_field(model, given) if isinstance(given, dict) else None
    if problem is not None:
        raise PydanticCustomError("unknown_field", "{problem}", {"problem": problem})
    return given


def check_no_hooks(model: type[BaseModel], base: type[BaseModel]) -> None:
    """Refuse a class whose fields are called like the methods that set it up.

    Args:
        model: The class.
        base: The class that has those methods.

    Raises:
        InvalidDefinitionError: A field is called like one of them, which it would replace.

    >>> class Service(BaseModel):
    ...     url: str
    >>> check_no_hooks(Service, BaseModel)
    """
    hooks = {name for name, found in vars(base).items() if not name.startswith(("_", "model_")) and callable(found)}
    taken = next((name for name in model.model_fields if name in hooks), None)
    if taken is not None:
        raise InvalidDefinitionError(
            f"{model.__name__}: {taken} is the name of a method of resources, and of no field. "
            "Give the field another name."
        )
