"""What a schema is made of: types that check a value, and what may be written for one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from notebook_assets.errors import InvalidConfigDefinitionError, InvalidConfigError
from notebook_assets.resources.covering import quoted


class _Missing:
    """The one mark, which a copy of what holds it holds too."""

    def __repr__(self) -> str:
        return "<nothing>"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""No value was given, which is not the same as None."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a configuration: where, and what.

    >>> str(Problem("ops.daily.config", "expected Int, got 'a'"))
    "ops.daily.config: expected Int, got 'a'"
    """

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path or 'the configuration'}: {self.text}"


class ConfigType(ABC):
    """One type of a schema."""

    @abstractmethod
    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return the value as a function is to see it; add what is wrong with it to ``problems``."""

    @abstractmethod
    def shown(self) -> str:
        """Return the type as people read it."""

    def implied(self) -> Any:
        """Return what stands for it where nothing is given; MISSING if something must be."""
        return MISSING

    def __repr__(self) -> str:
        return self.shown()


def refuse(wanted: ConfigType, value: Any, path: str, problems: list[Problem], more: str = "") -> None:
    """Note that a value is not what was wanted."""
    got = "None" if value is None else f"{quoted(value, path)} ({type(value).__name__})"
    problems.append(Problem(path, f"expected {wanted.shown()}, got {got}" + (f".{more}" if more else "")))


_OF_THING: dict[Any, ConfigType] = {}
_OF_KIND: dict[type, Callable[[Any], ConfigType]] = {}


def known_as(config_type: ConfigType, *things: Any) -> None:
    """Let ``things`` stand for a type, such as the class ``int`` and the word ``"Int"`` for whole numbers."""
    _OF_THING.update(dict.fromkeys(things, config_type))


def made_from(kind: type) -> Callable[[Callable[[Any], ConfigType]], Callable[[Any], ConfigType]]:
    """Let the values of a Python type, such as a dict, stand for the type that the function makes of it."""

    def remember(make: Callable[[Any], ConfigType]) -> Callable[[Any], ConfigType]:
        _OF_KIND[kind] = make
        return make

    return remember


def config_type_of(thing: Any) -> ConfigType:
    """Return the type that something written in a schema stands for.

    Args:
        thing: A type of this module's family, a Python class (``int``, ``str``, ``dict`` ...), a dict of fields, a
            list of one type, a Field, or a Config class.

    Raises:
        InvalidConfigDefinitionError: It stands for none.

    >>> config_type_of({"a": int, "b": [str]})
    {a: Int, b: [String]}
    """
    if isinstance(thing, ConfigType):
        return thing
    own = getattr(thing, "__config_type__", None)
    if own is not None:
        found: ConfigType = own()
        return found
    make = _OF_KIND.get(type(thing))
    if make is not None:
        try:
            return make(thing)
        except RecursionError:
            raise InvalidConfigDefinitionError(
                "A configuration schema is nested too deep, or contains itself; write its inner fields as dict."
            ) from None
    try:
        return _OF_THING[thing]
    except (KeyError, TypeError):
        pass
    named = _OF_THING.get(getattr(thing, "unique_name", None) or getattr(thing, "name", None) or "")
    if named is not None and not isinstance(thing, type):
        return named
    raise InvalidConfigDefinitionError(
        f"{thing!r} is no type of a configuration schema. Write int, float, str, bool, list, dict, [TYPE], "
        "{'name': TYPE}, a Field, Shape, Permissive, Selector, Array, Map, Noneable, Enum, or a Config class."
    )


def processed(schema: Any, value: Any, path: str = "") -> Any:
    """Return a value as a schema has it: checked, with defaults, and with names of enums and variables resolved.

    Args:
        schema: Anything that :func:`config_type_of` takes.
        value: The value; MISSING for none.
        path: Where it stands, for the messages.

    Raises:
        InvalidConfigError: Something is wrong with it; all of that is named.

    >>> processed({"rows": int}, {"rows": 3})
    {'rows': 3}
    """
    wanted = config_type_of(schema)
    problems: list[Problem] = []
    if value is MISSING:
        value = wanted.implied()
        if value is MISSING:
            raise_problems([Problem(path, f"it is missing; expected {wanted.shown()}")])
    result = wanted.check(value, path, problems)
    raise_problems(problems)
    return result


def raise_problems(problems: list[Problem], title: str = "") -> None:
    """Raise one error that names all problems; do nothing where there are none."""
    if not problems:
        return
    texts = [str(problem).removesuffix(".") for problem in problems]
    head = title or "The configuration does not fit"
    end = "" if texts[0].endswith("?") else "."
    text = f"{head}: {texts[0]}{end}" if len(texts) == 1 else f"{head}:\n" + "\n".join(f"- {each}" for each in texts)
    raise InvalidConfigError(text, problems)
