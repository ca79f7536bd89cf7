"""What a custom mapping says of itself where its author does not: its name, a sentence, and the shape of the input."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from notebook_assets.mappings.custom_answers import answers_of
from notebook_assets.mappings.custom_functions import UPSTREAM, KeyFunction, MappingContext
from notebook_assets.mappings.custom_links import Question
from notebook_assets.partitions import PartitionsDefinition

_FEW, _MANY = 20, 1_000
_ONE_KEY = re.compile(r"(None\s*\|\s*)?str(\s*\|\s*None)?|(typing\.)?Optional\[str\]")


def spoken_name(thing: object) -> str:
    """Return the name of a function or class as words.

    >>> def day_before(key): ...
    >>> class EveryOtherDay: ...
    >>> spoken_name(day_before), spoken_name(EveryOtherDay), spoken_name(lambda key: key)
    ('day before', 'every other day', 'by a function')
    """
    name = str(getattr(thing, "__name__", ""))
    if not name or name == "<lambda>":
        return "by a function"
    if isinstance(thing, type):
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        name = re.sub(r"_?(partition_)?mapping$", "", name) or name
    return name.replace("_", " ").strip() or name


def first_line(thing: object) -> str:
    """Return the first line of the docstring that a function or class has of its own, or an empty string.

    >>> def day_before(key):
    ...     '''The day before.
    ...
    ...     More.'''
    >>> first_line(day_before)
    'The day before.'
    """
    text = (vars(thing).get("__doc__") if isinstance(thing, type) else getattr(thing, "__doc__", None)) or ""
    first = inspect.cleandoc(str(text)).partition("\n")[0].strip()
    is_made_up = isinstance(thing, type) and first.startswith(f"{thing.__name__}(")  # as dataclasses do
    return "" if is_made_up else first


def annotated_one(fn: Callable[..., Any]) -> bool | None:
    """Return whether a function's annotation says that it returns one key, or ``None`` if it has none.

    >>> def one(key: str) -> str | None: ...
    >>> def several(key: str) -> list[str]: ...
    >>> annotated_one(one), annotated_one(several), annotated_one(lambda key: key)
    (True, False, None)
    """
    written = getattr(getattr(fn, "__func__", fn), "__annotations__", {}).get("return", inspect.Parameter.empty)
    if written is inspect.Parameter.empty or written is Any:
        return None
    if isinstance(written, str):
        if _ONE_KEY.fullmatch(written.strip()):
            return True
        try:
            written = get_type_hints(getattr(fn, "__func__", fn))["return"]
        except Exception:  # an annotation may name what is nowhere
            return False
    if written is Any:
        return None
    kinds = get_args(written) if get_origin(written) in (Union, UnionType) else (written,)
    return all(isinstance(kind, type) and issubclass(kind, str | NoneType) for kind in kinds)


def gives_one(
    mapping: Any,
    function: KeyFunction | None,
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition,
) -> bool:
    """Whether a mapping that does not say so gives one key at most: by its annotation, else by its first answers.

    Args:
        mapping: The custom mapping.
        function: What answers which upstream keys are needed; ``None`` if only the other direction is written.
        downstream: The downstream definition, or ``None`` if it has no partitions.
        upstream: The upstream definition.
    """
    if function is None:
        return False
    annotated = annotated_one(function.written)
    if annotated is not None:
        return annotated
    settled = None if downstream is None else downstream.settled()
    question = Question(mapping, settled, upstream.settled(), 0)
    return _first_answers_are_keys(question, function, question.context)


def _first_answers_are_keys(question: Question, function: KeyFunction, context: MappingContext) -> bool:
    """Whether the first answers that name anything are all one key, not lists of keys."""
    book = answers_of(question.mapping, UPSTREAM, function, context)
    if question.downstream is None:
        return isinstance(book.ask([None])[0], str)
    for many in (_FEW, _MANY):
        keys = question.downstream.keys_of_span(0, min(many, question.downstream_count))
        answers = [answer for answer in book.ask(keys) if answer]
        if answers:
            return all(isinstance(answer, str) for answer in answers)
    return False
