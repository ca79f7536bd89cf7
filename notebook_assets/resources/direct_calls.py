"""Calling what is decorated by hand, with a context that was built for a test."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.resources.config_types import processed


def is_built_context(thing: object) -> bool:
    """Whether it is a context that was built for a test.

    >>> is_built_context("context")
    False
    """
    return hasattr(type(thing), "__built_context__")


def arguments_of_call(
    definition: Any, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments for the function of a definition that is called by hand.

    A context that was built for a test learns what is called, and is left out where the function takes none.

    Args:
        definition: What is called; has a ``signature``.
        name: What errors call it.
        args: What was given by place.
        kwargs: What was given by name.

    Raises:
        InvalidInvocationError: The function takes the context, and none was given.
    """
    wanted = definition.signature.context
    given = dict(kwargs)
    built = next((each for each in (*args[:1], given.get(wanted or "context")) if is_built_context(each)), None)
    if built is not None:
        built.bind(definition)
        args, given = _filled(definition, name, built, args, given)
        if wanted is None:
            args = args[1:] if args and args[0] is built else args
            given = {key: value for key, value in given.items() if value is not built}
        elif definition.signature.context_is_keyword and args and args[0] is built:
            args, given = args[1:], {**given, wanted: built}
    elif wanted is not None and not args and wanted not in given and getattr(definition, "node", None) is None:
        raise InvalidInvocationError(
            f"The function of {name} takes the context; give it one: {wanted}=build_asset_context()."
        )
    else:
        given = _with_defaults(definition, args, given)
        if wanted is not None and args and wanted not in given and _is_short(definition, args, given):
            raise InvalidInvocationError(
                f"{name} is called with too few arguments; its context comes first: build_asset_context()."
            )
    return args, given


def _is_short(definition: Any, args: tuple[Any, ...], given: Mapping[str, Any]) -> bool:
    """Whether arguments are missing, where none is one too many."""
    signature = inspect.signature(definition.fn)
    try:
        signature.bind_partial(*args, **given)
        signature.bind(*args, **given)
    except TypeError as error:
        return "missing" in str(error)
    return False


def _with_defaults(definition: Any, args: tuple[Any, ...], given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with the configuration as its defaults have it, where none is given."""
    signature = definition.signature
    if signature.config_class is None or getattr(definition, "node", None) is not None:
        return given
    try:
        by_place = inspect.signature(definition.fn).bind_partial(*args, **given).arguments
    except TypeError:  # the call itself tells of it
        return given
    return given if "config" in by_place else {**given, "config": processed(signature.config_class, {}, "config")}


def _filled(
    definition: Any, name: str, built: Any, args: tuple[Any, ...], given: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with those parameters that the context knows: the configuration and resources.

    What was given by place are the other parameters, in their order.
    """
    signature = definition.signature
    has_context = bool(args) and args[0] is built
    by_place = args[1:] if has_context else args
    known = {each: built.resources[each] for each in signature.resources if each in built.resources}
    if signature.config_class is not None and "config" not in given:
        if not any(isinstance(each, signature.config_class) for each in by_place):  # else it stands among these
            known["config"] = built.op_config
        elif built.given_config is not None:
            raise _given_twice(name, "config")
    both = sorted(known.keys() & given.keys())
    if both:
        raise _given_twice(name, both[0])
    if not known:
        return args, given
    others = [each for each in inspect.signature(definition.fn).parameters if each not in (*known, signature.context)]
    if len(by_place) > len(others):
        raise InvalidInvocationError(f"{name} is called with {len(by_place)} inputs; it has {others}.")
    return args[:1] if has_context else (), {**dict(zip(others, by_place, strict=False)), **known, **given}


def _given_twice(name: str, what: str) -> InvalidInvocationError:
    return InvalidInvocationError(f"{name}: {what!r} is given for the call and by the context; leave out one.")
