"""What a function that is decorated as an asset must be, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from notebook_assets.assets.signature import Signature
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.resources.config_types import config_type_of


def check_function(fn: Any, decorator: str) -> None:
    """Raise InvalidDefinitionError unless it is a plain function (or what can be called like one).

    >>> check_function(len, "@asset")
    """
    if not callable(fn) or isinstance(fn, type):
        raise InvalidDefinitionError(
            f"{decorator} decorates a function; got {fn!r}. Options are named: {decorator}(...)."
        )
    if hasattr(fn, "__notebook_asset__"):
        name = getattr(fn, "label", "definition")
        raise InvalidDefinitionError(f"{fn!r} is an asset already; {decorator} decorates its function: {name}.fn.")


def check_config_schema(label: str, signature: Signature, config_schema: Any) -> None:
    """Raise unless a function has at most one schema, which is one.

    Raises:
        InvalidDefinitionError: A parameter takes a Config class, and there is a schema beside it.
        InvalidConfigDefinitionError: Something in the schema is no type.

    >>> from notebook_assets.assets.signature import read_signature
    >>> check_config_schema("daily", read_signature(check_function), {"rows": int})
    """
    if config_schema is None:
        return
    if signature.config_class is not None:
        raise InvalidDefinitionError(
            f"{label} has a config_schema and a parameter config of a Config class; leave one of them out."
        )
    config_type_of(config_schema)


def first_paragraph(fn: Callable[..., Any]) -> str | None:
    """Return the first paragraph of a function's own docstring, on one line; None where there is none.

    >>> first_paragraph(first_paragraph)
    "Return the first paragraph of a function's own docstring, on one line; None where there is none."
    """
    # A partial and a callable object have the docstring of their class, which says nothing of the asset.
    own = hasattr(fn, "__name__") and isinstance(fn.__doc__, str)
    text = (fn.__doc__ or "").strip() if own else ""
    return text.split("\n\n")[0].replace("\n", " ") or None
