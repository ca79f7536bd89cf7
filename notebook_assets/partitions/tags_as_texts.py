"""Tags of runs, ops, graphs and jobs as they are kept: texts, with whatever else is given as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.arguments import check_mapping


def tag_texts(tags: Mapping[str, Any] | None, what: str) -> dict[str, str]:
    """Return tags as texts: what is no text as JSON, with the keys of dicts in order.

    Args:
        tags: Names and values.
        what: What errors call them.

    Raises:
        InvalidDefinitionError: They are no dict, a name is no text, or a value can't be written as JSON and read again.

    >>> tag_texts({"team": "sales", "limits": {"memory": "8 GB", "cores": 2}}, "tags")
    {'team': 'sales', 'limits': '{"cores": 2, "memory": "8 GB"}'}
    """
    check_mapping(tags, what, '{"team": "sales"}')
    for name in tags or {}:
        if not isinstance(name, str):
            raise InvalidDefinitionError(f"{what}: the names of tags are texts; got {name!r}. Write {str(name)!r}.")
    return {name: _text(value, f"{what}[{name!r}]") for name, value in (tags or {}).items()}


def _text(value: Any, what: str) -> str:
    if isinstance(value, str):
        return value
    try:
        text = json.dumps(value, sort_keys=True)
        is_same = json.loads(text) == value
    except (TypeError, ValueError, RecursionError):
        is_same = False
    if not is_same:
        raise InvalidDefinitionError(
            f"{what} is a text, or what JSON holds (numbers, lists, dicts by text); got {value!r}. Write it as a text."
        )
    return text
