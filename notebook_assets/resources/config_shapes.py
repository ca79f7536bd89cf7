"""Fields of a schema by name: all of them, some of them and others, or exactly one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import InvalidConfigDefinitionError, did_you_mean
from notebook_assets.resources.config_types import (
    MISSING,
    ConfigType,
    Problem,
    config_type_of,
    made_from,
    processed,
    refuse,
)


class Field:
    """A field of a schema: its type, and what stands for it where nothing is given.

    Args:
        config: The type of its value.
        default_value: What it is where it is not given.
        is_required: Whether it must be given; by default, unless it has a default or its type implies one.
        description: For people to read.

    Raises:
        InvalidConfigDefinitionError: It is required and has a default, or the type is none.
        InvalidConfigError: The default does not fit the type.

    >>> Field(int, default_value=3)
    Field(Int, default_value=3)
    """

    def __init__(
        self,
        config: Any,
        default_value: Any = MISSING,
        is_required: bool | None = None,
        description: str | None = None,
    ) -> None:
        self.config_type = config_type_of(config)
        self.description = description
        if is_required and default_value is not MISSING:
            raise InvalidConfigDefinitionError(
                f"A field is required or has a default; got is_required=True and default_value={default_value!r}."
            )
        self.default_value = default_value
        if default_value is MISSING and is_required is None:
            self.default_value = self.config_type.implied()
        self.is_required = self.default_value is MISSING if is_required is None else is_required
        if default_value is not MISSING:
            processed(self.config_type, default_value, "default_value")

    @property
    def default_provided(self) -> bool:
        """Whether something stands for it where nothing is given."""
        return self.default_value is not MISSING

    def __repr__(self) -> str:
        default = f", default_value={self.default_value!r}" if self.default_provided else ""
        return f"Field({self.config_type.shown()}{default})"


def field_of(thing: Any) -> Field:
    """Return the field that something written in a schema stands for.

    >>> field_of(str)
    Field(String)
    """
    return thing if isinstance(thing, Field) else Field(thing)


@made_from(Field)
def _type_of_field(field: Field) -> ConfigType:
    return _Defaulted(field) if field.default_provided else field.config_type


class _Defaulted(ConfigType):
    """The type of a field with a default, where it stands by itself: as a whole schema."""

    def __init__(self, field: Field) -> None:
        self._field = field

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        return self._field.config_type.check(value, path, problems)

    def shown(self) -> str:
        return self._field.config_type.shown()

    def implied(self) -> Any:
        return self._field.default_value


class Shape(ConfigType):
    """Fields by name, and no others.

    Args:
        fields: A type or a :class:`Field` by name.
        description: For people to read.
        field_aliases: Names that may be written in the place of those that a function sees, by the latter.

    >>> from notebook_assets.resources.config_types import processed
    >>> processed(Shape({"rows": int, "title": Field(str, default_value="none")}), {"rows": 3})
    {'rows': 3, 'title': 'none'}
    """

    takes_others = False

    def __init__(
        self,
        fields: Mapping[str, Any] | None = None,
        description: str | None = None,
        field_aliases: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(fields, Mapping | None):
            raise InvalidConfigDefinitionError(f"{type(self).__name__} takes a dict of fields; got {fields!r}.")
        wrong = [name for name in fields or {} if not isinstance(name, str)]
        if wrong:
            raise InvalidConfigDefinitionError(f"Names of fields are strings; got {wrong[0]!r}.")
        self.fields = {name: field_of(each) for name, each in (fields or {}).items()}
        self.description = description
        self.field_aliases = _checked_aliases(field_aliases)

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return all fields, with defaults where nothing was given."""
        if not isinstance(value, dict):
            refuse(self, value, path, problems)
            return value
        found: dict[str, Any] = {}
        value = self._by_own_names(value, path, problems)
        for name in value:
            if name in self.fields:
                continue
            if not self.takes_others:
                near = did_you_mean(name, self.fields) if isinstance(name, str) else ""
                known = ", ".join(self.fields) or "none"
                problems.append(Problem(path, f"unknown field {name!r}; there are: {known}.{near}".rstrip(".")))
            else:
                found[name] = value[name]
        for name, field in self.fields.items():
            inner = value.get(name, field.default_value)
            at = f"{path}.{name}" if path else name
            if inner is not MISSING:
                is_default = name not in value and inner is None
                found[name] = None if is_default else field.config_type.check(inner, at, problems)
            elif field.is_required:
                problems.append(Problem(at, f"it is missing; expected {field.config_type.shown()}"))
        return found

    def _by_own_names(self, value: dict[str, Any], path: str, problems: list[Problem]) -> dict[str, Any]:
        """Return what was written by the names of the fields, where other ones stand for them."""
        found = dict(value)
        for name, alias in self.field_aliases.items():
            if name not in self.fields or alias not in value:
                continue
            if name in value:
                problems.append(Problem(path, f"{name!r} and {alias!r} are two names of one field; give one of them"))
            found[name] = value[alias]
            if alias not in self.fields:
                del found[alias]
        return found

    def shown(self) -> str:
        """Return the fields and their types."""
        fields = (
            f"{name}{'' if each.is_required else '?'}: {each.config_type.shown()}" for name, each in self.fields.items()
        )
        return "{" + ", ".join([*fields, *(["..."] if self.takes_others else [])]) + "}"

    def implied(self) -> Any:
        """Return an empty dict, which its defaults will fill, if no field is required."""
        return MISSING if any(each.is_required for each in self.fields.values()) else {}


def _checked_aliases(aliases: Mapping[str, str] | None) -> dict[str, str]:
    if not isinstance(aliases, Mapping | None) or not all(
        isinstance(each, str) for pair in (aliases or {}).items() for each in pair
    ):
        raise InvalidConfigDefinitionError(f'field_aliases are texts by texts, such as {{"a": "b"}}; got {aliases!r}.')
    return dict(aliases or {})


class Permissive(Shape):
    """Fields by name, and any others.

    >>> from notebook_assets.resources.config_types import processed
    >>> processed(Permissive({"rows": int}), {"rows": 3, "more": "yes"})
    {'more': 'yes', 'rows': 3}
    """

    takes_others = True


class Selector(ConfigType):
    """Exactly one of some fields.

    >>> from notebook_assets.resources.config_types import processed
    >>> processed(Selector({"file": str, "table": {"name": str}}), {"file": "a.csv"})
    {'file': 'a.csv'}
    """

    def __init__(self, fields: Mapping[str, Any], description: str | None = None) -> None:
        self.fields = {name: field_of(each) for name, each in fields.items()}
        self.description = description

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return the field that was chosen; where there is only one, and it has a default, it need not be."""
        if not isinstance(value, dict):
            refuse(self, value, path, problems)
            return value
        if not value and len(self.fields) == 1:
            value = {next(iter(self.fields)): MISSING}
        if len(value) != 1:
            got = ", ".join(map(repr, value)) or "none"
            problems.append(Problem(path, f"expected exactly one of {', '.join(self.fields)}; got {got}"))
            return value
        name, inner = next(iter(value.items()))
        if name not in self.fields:
            near = did_you_mean(name, self.fields) if isinstance(name, str) else ""
            problems.append(Problem(path, f"unknown choice {name!r}; there are: {', '.join(self.fields)}{near}"))
            return value
        field = self.fields[name]
        at = f"{path}.{name}" if path else name
        if inner is None and isinstance(field.config_type, Shape):
            inner = {}  # a name with nothing behind it, as YAML has it
        inner = field.default_value if inner is MISSING else inner
        if inner is MISSING:
            if field.is_required:
                problems.append(Problem(at, f"it is missing; expected {field.config_type.shown()}"))
            return {}
        return {name: field.config_type.check(inner, at, problems)}

    def shown(self) -> str:
        """Return the choices."""
        return "one of {" + ", ".join(f"{name}: {each.config_type.shown()}" for name, each in self.fields.items()) + "}"

    def implied(self) -> Any:
        """Return an empty dict where there is one field, and it is not required."""
        only = next(iter(self.fields.values())) if len(self.fields) == 1 else None
        return {} if only is not None and not only.is_required else MISSING
