"""Checks of what people write into definitions: a wrong kind of argument is refused where it is written."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from notebook_assets.errors import InvalidDefinitionError


def check_text(value: Any, what: str, example: str) -> None:
    """Raise InvalidDefinitionError unless ``value`` is None or a string of some length.

    >>> check_text("v1", "code_version", '"1"')
    """
    variable = getattr(value, "env_var_name", None)
    if value is not None and (not isinstance(value, str) or not value or variable is not None):
        hint = "" if variable is None else f" It is read when a run begins; write os.environ[{variable!r}]."
        raise InvalidDefinitionError(f"{what} is a text, such as {example}; got {_shown(value)}.{hint}")


def check_mapping(value: Any, what: str, example: str) -> None:
    """Raise InvalidDefinitionError unless ``value`` is None or a mapping.

    >>> check_mapping({"rows": 3}, "metadata", '{"rows": 3}')
    """
    if value is not None and not isinstance(value, Mapping):
        raise InvalidDefinitionError(f"{what} is a dict, such as {example}; got {_shown(value)}.")


def check_whole_number(value: Any, what: str) -> None:
    """Raise InvalidDefinitionError unless ``value`` is None or a whole number.

    >>> check_whole_number(-1, "start_offset")
    """
    if value is not None and (not hasattr(type(value), "__index__") or isinstance(value, bool)):
        raise InvalidDefinitionError(f"{what} is a whole number, such as 1; got {_shown(value)}.")


def check_texts(value: Any, what: str, example: str) -> None:
    """Raise InvalidDefinitionError unless ``value`` is None or some strings, of some length each; one is no list.

    >>> check_texts({"a", "b"}, "required_resource_keys", '{"database"}')
    """
    if value is None:
        return
    is_list = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    if not is_list or not all(isinstance(each, str) and each for each in value):
        hint = f" Write {{{value!r}}}." if isinstance(value, str) else ""
        raise InvalidDefinitionError(f"{what} holds texts, such as {example}; got {_shown(value)}.{hint}")


def check_instance(value: Any, kind: type, what: str, example: str) -> None:
    """Raise InvalidDefinitionError unless ``value`` is None or of a class.

    >>> check_instance(3, int, "number", "3")
    """
    if value is not None and not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        raise InvalidDefinitionError(f"{what} is {article} {kind.__name__}, such as {example}; got {_shown(value)}.")


def parameters_of(fn: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function that a decorator is given.

    Raises:
        InvalidDefinitionError: It does not say which it has, as some that are not written in Python.

    >>> list(parameters_of(lambda rows, limit=1: rows))
    ['rows', 'limit']
    """
    try:
        return inspect.signature(fn).parameters
    except (ValueError, TypeError) as error:
        name = getattr(fn, "__name__", repr(fn))
        raise InvalidDefinitionError(
            f"{name} does not say which parameters it takes. Write a function that calls it: def my_{name}(): ..."
        ) from error


def _shown(value: Any) -> str:
    return f"{value!r} ({type(value).__name__})"
