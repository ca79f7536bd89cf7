"""The defaults that a configuration schema holds: what a function does where nothing else is given."""

from __future__ import annotations

from typing import Any

from notebook_assets.resources.config_shapes import Field
from notebook_assets.resources.config_types import config_type_of


def schema_defaults(schema: Any) -> dict[str, Any]:
    """Return the default of each field of a schema that has one, to any depth; that of all of it by no name.

    Args:
        schema: What an asset has as its ``config_schema``.

    Raises:
        InvalidConfigDefinitionError: It is no schema.

    >>> schema_defaults({"most": Field(int, default_value=3), "name": str, "more": {"deep": Field(int, 1)}})
    {'most': 3, 'more': {'deep': 1}}
    >>> schema_defaults(Field(int, default_value=3))
    {'': 3}
    """
    is_given = isinstance(schema, Field) and schema.default_provided
    found: dict[str, Any] = {"": schema.default_value} if is_given else {}
    whole = schema.config_type if isinstance(schema, Field) else config_type_of(schema)
    for name, field in getattr(whole, "fields", {}).items():
        inner = schema_defaults(field.config_type)
        if inner:  # a default of its own stands beside those inside, which hold where it is given in part
            found[name] = (field.default_value, inner) if field.default_provided and field.default_value else inner
        elif field.default_provided:
            found[name] = field.default_value
    return found
