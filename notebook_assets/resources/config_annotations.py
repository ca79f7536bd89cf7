"""From the annotations of a Config class to the types of its schema, and from its values back to plain ones."""

from __future__ import annotations

import collections.abc
import enum
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from notebook_assets.resources.config_collections import Array, Map, Noneable
from notebook_assets.resources.config_scalars import ANY, FLOAT, BoolSource, Enum, EnumValue, IntSource, StringSource
from notebook_assets.resources.config_shapes import Field, Permissive, Selector, Shape
from notebook_assets.resources.config_types import ConfigType, Problem
from notebook_assets.resources.covering import (
    VariablesRead,
    held_secrets,
    holds_variables,
    masked,
    with_variables,
)
from notebook_assets.resources.env_var import EnvVar, IntEnvVar

_SINGLE: dict[Any, ConfigType] = {
    str: StringSource,
    int: IntSource,
    bool: BoolSource,
    float: FLOAT,
    dict: Permissive(),
    list: Array(ANY),
}
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


class ModelType(ConfigType):
    """What a Config class is in a schema: its fields, checked, and made an instance of it.

    Args:
        model: The class.
        fixed: Fields whose values are known, so that they need not be given.
    """

    def __init__(self, model: type[BaseModel], fixed: dict[str, Any] | None = None) -> None:
        self.model = model
        self._fixed = fixed or {}

    @property
    def shape(self) -> Shape:
        """The fields."""
        kind = Permissive if self.model.model_config.get("extra") == "allow" else Shape
        return kind(fields_of(self.model, without=self._fixed))

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return an instance of the class."""
        if isinstance(value, BaseModel):
            value = plain_values(value)
        found: list[Problem] = []
        fields = self.shape.check(value, path, found)
        problems.extend(found)
        if found:
            return value
        try:
            made = self.model.model_validate({**fields, **self._fixed})
        except ValidationError as error:
            problems.extend(problems_of(error, path, held_secrets(value)))
            return value
        note_variables(made, value)
        return made

    def shown(self) -> str:
        """Return the fields and their types."""
        return self.shape.shown()

    def implied(self) -> Any:
        """Return an empty dict, which its defaults will fill, if no field is required."""
        return self.shape.implied()


def note_variables(made: BaseModel, written: Mapping[str, Any]) -> None:
    """Let an instance know which of its fields hold what was read from the environment, so that it shows none of that.

    Args:
        made: The instance.
        written: Its configuration as people wrote it.

    >>> from notebook_assets import Config
    >>> class Server(Config):
    ...     url: str
    >>> server = Server(url="secret.example.org")
    >>> note_variables(server, {"url": EnvVar("SERVER_URL")})
    >>> server
    Server(url=EnvVar('SERVER_URL'))
    """
    names = {info.alias or name: name for name, info in type(made).model_fields.items()}
    found = {names.get(key, key): value for key, value in written.items() if holds_variables(value)}
    read = {name: with_variables(value, getattr(made, name, None)) for name, value in found.items()}
    if read and hasattr(made, "_variables"):
        made._variables = VariablesRead(read)


def problems_of(error: ValidationError, path: str, secrets: Iterable[str] = ()) -> list[Problem]:
    """Return what pydantic found to be wrong, with the paths of the fields; a validator's text may quote secrets."""
    hidden = list(secrets)
    found = []
    for each in error.errors(include_url=False, include_context=False):
        parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in each["loc"])
        found.append(
            Problem(
                f"{path}{parts}" if path else parts.lstrip("."),
                masked(each["msg"][:1].lower() + each["msg"][1:], hidden),
            )
        )
    return found


def fields_of(model: type[BaseModel], without: typing.Collection[str] = ()) -> dict[str, Field]:
    """Return the fields of a class as a schema has them, by the names that people write."""
    return {info.alias or name: _field(info) for name, info in model.model_fields.items() if name not in without}


def _field(info: FieldInfo) -> Field:
    kind = type_of_annotation(info.annotation, info.discriminator)
    return Field(kind, description=info.description) if info.is_required() else Field(kind, is_required=False)


def type_of_annotation(annotation: Any, discriminator: Any = None) -> ConfigType:
    """Return the type of a schema for an annotation; Any where pydantic alone can tell.

    >>> type_of_annotation(list[int])
    [Int or {env: String}]
    """
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        named = next((each.discriminator for each in args[1:] if isinstance(each, FieldInfo)), None)
        return type_of_annotation(args[0], named)
    if origin in (typing.Union, types.UnionType):
        return _type_of_union(args, discriminator)
    if origin is typing.Literal:
        return _type_of_literal(args)
    if origin is list:
        return Array(type_of_annotation(args[0]))
    if origin in _MAPPINGS:
        return Map(type_of_annotation(args[0]), type_of_annotation(args[1]))
    if isinstance(annotation, type):
        if hasattr(annotation, "__config_type__"):
            return ModelType(annotation)
        if issubclass(annotation, enum.Enum):
            return Enum.from_python_enum(annotation)
    return _SINGLE.get(annotation, ANY) if isinstance(annotation, collections.abc.Hashable) else ANY


def _type_of_literal(values: tuple[Any, ...]) -> ConfigType:
    if not all(isinstance(value, str) for value in values):
        return ANY
    return Enum("one of", [EnumValue(value) for value in values])


def _type_of_union(kinds: tuple[Any, ...], discriminator: Any) -> ConfigType:
    others = tuple(kind for kind in kinds if kind is not type(None))
    if isinstance(discriminator, str):
        chosen: ConfigType = Selector(
            {tag: ModelType(kind, {discriminator: tag}) for kind in others for tag in _tags(kind, discriminator)}
        )
        chosen = _OneOf(chosen)
    else:
        chosen = type_of_annotation(others[0]) if len(others) == 1 else ANY
    return Noneable(chosen) if len(others) < len(kinds) else chosen


def _tags(model: Any, discriminator: str) -> tuple[Any, ...]:
    return typing.get_args(model.model_fields[discriminator].annotation)


class _OneOf(ConfigType):
    """A choice between Config classes: what was chosen, without the name that chose it."""

    def __init__(self, selector: ConfigType) -> None:
        self._selector = selector

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        before = len(problems)
        found = self._selector.check(value, path, problems)
        return next(iter(found.values())) if len(problems) == before else value

    def shown(self) -> str:
        return self._selector.shown()


def plain_values(model: BaseModel) -> dict[str, Any]:
    """Return the fields of an instance as they are written in a configuration.

    A name stands for a member of an enumeration, ``{"env": NAME}`` for a variable, and a choice between classes is
    written ``{"CHOICE": {...}}``.
    """
    kinds = type(model).model_fields
    found: dict[str, Any] = {}
    for name in [*kinds, *(model.model_extra or {})]:
        value, info = getattr(model, name), kinds.get(name)
        tag = info.discriminator if info is not None else None
        written = _plain(value)
        if isinstance(tag, str) and isinstance(value, BaseModel):
            written = {getattr(value, tag): {key: each for key, each in written.items() if key != tag}}
        found[(info.alias if info is not None else None) or name] = written
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel) and hasattr(value, "__config_type__"):
        return plain_values(value)
    if isinstance(value, EnvVar | IntEnvVar):
        return {"env": value.env_var_name}
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if type(value) is list else value
