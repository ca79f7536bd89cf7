"""Config: the configuration of an asset as a class with typed fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.partitions.shown import SelfShown, shown
from notebook_assets.resources.config_annotations import ModelType, plain_values
from notebook_assets.resources.config_types import ConfigType
from notebook_assets.resources.covering import VariablesRead, covered, fields_written
from notebook_assets.resources.env_var import is_env_var
from notebook_assets.resources.field_names import checked_names
from notebook_assets.resources.showing_resources import fields_shown


class Config(SelfShown, BaseModel):
    """The configuration of an asset: a subclass lists its fields, and the asset's parameter ``config`` is one of it.

    It is a pydantic model: fields have defaults, ``pydantic.Field`` describes and limits them, classes nest, unions
    with a discriminator choose, validators check. Fields that are given in a run's configuration are checked strictly:
    ``"1"`` is no int. Instances can't be changed.

    Raises:
        pydantic.ValidationError: A value does not fit, or there is no such field.

    >>> from notebook_assets import Config, Instance, RunConfig, asset, materialize
    >>> class Report(Config):
    ...     title: str
    ...     rows: int = 10
    >>> @asset
    ... def report(config: Report):
    ...     return f"{config.title}: {config.rows} rows"
    >>> store = Instance.ephemeral()
    >>> given = RunConfig(ops={"report": Report(title="Flights")})
    >>> materialize([report], instance=store, run_config=given, progress=False).asset_value("report")
    'Flights: 10 rows'
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    __is_config__: ClassVar[bool] = True

    _variables: VariablesRead = PrivateAttr(default_factory=VariablesRead)

    @model_validator(mode="before")
    @classmethod
    def _known_fields_only(cls, given: Any) -> Any:
        return checked_names(cls, given)

    def __init__(self, /, **fields: Any) -> None:
        super().__init__(**fields)
        # What stands for a variable of the environment stays as it is: it is read when a run begins.
        self.__dict__.update({name: value for name, value in fields.items() if is_env_var(value)})

    @classmethod
    def __config_type__(cls) -> ConfigType:
        """Return what the class is in a schema."""
        return ModelType(cls)

    def __config_values__(self) -> dict[str, Any]:
        """Return the fields as they are written in a configuration."""
        return plain_values(self)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What ``repr`` writes; a notebook keeps it, so that secrets are covered."""
        yield from fields_written(self, super().__repr_args__())

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).model_fields and type(self).model_config.get("frozen"):
            raise InvalidInvocationError(
                f"A {type(self).__name__} is a configuration, which can't be changed; make another one: "
                f"{type(self).__name__}(..., {name}={covered(value, name)!r})."
            )
        super().__setattr__(name, value)


class PermissiveConfig(Config):
    """A configuration that takes fields beside those that it lists.

    >>> class Options(PermissiveConfig):
    ...     rows: int = 10
    >>> Options(colour="red").colour
    'red'
    """

    model_config = ConfigDict(extra="allow")


shown.register(Config, fields_shown)
