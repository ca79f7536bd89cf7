"""What resources and configurations say of themselves: their fields, and never what an environment variable holds."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from notebook_assets.display import Rich, Showable, Table, code, facts, markup, plain, soft, stack, title_line
from notebook_assets.partitions.shown import shown
from notebook_assets.resources.covering import COVER, covered, is_secret, is_variable
from notebook_assets.resources.resource_definition import ResourceDefinition


def fields_shown(thing: Any) -> Rich:
    """Return the fields of a configuration or a resource as a table; those that may hold a secret are covered.

    >>> from notebook_assets import Config
    >>> class Report(Config):
    ...     title: str
    ...     rows: int = 10
    >>> fields_shown(Report(title="Flights"))
    Report  ·  configuration
    <BLANKLINE>
    field  value    type
    ─────  ───────  ────
    title  Flights  str
    rows   10       int
    """
    kind = type(thing)
    what = "configuration" if getattr(kind, "__is_config__", False) else "resource"
    fields: Mapping[str, Any] = kind.model_fields
    read: Mapping[str, Any] = getattr(thing, "_variables", {})
    rows: list[list[Showable]] = [
        [
            name,
            value_shown(name, read.get(name, getattr(thing, name, None))),
            _type_name(field.annotation),
            field.description or None,
        ]
        for name, field in fields.items()
    ]
    extra: Mapping[str, Any] = getattr(thing, "__pydantic_extra__", None) or {}
    rows += [[name, value_shown(name, read.get(name, value)), None, None] for name, value in extra.items()]
    parts = [title_line(kind.__name__, what)]
    doc = kind.__dict__.get("__doc__")
    parts += [plain(inspect.cleandoc(doc))] if doc else []
    if rows:
        described = any(row[3] for row in rows)
        titles = ["field", "value", "type", *(["description"] if described else [])]
        parts.append(Table(titles, [row[: len(titles)] for row in rows], noun="field").rich)
    return stack(parts)


def value_shown(name: str, value: Any) -> Rich:
    """Return a value of a configuration; of an environment variable its name, of a secret nothing.

    >>> value_shown("rows", 3), value_shown("password", "hunter2")
    (3, ••••••)
    """
    if is_variable(value):
        return Rich(f'<span class="nba-mono">{markup(repr(value))}</span>', repr(value))
    if is_secret(name, value):
        return soft(COVER)
    if value is None:
        return soft("None")
    return plain(value) if isinstance(value, str) else code(repr(covered(value)))


def _type_name(annotation: Any) -> str | None:
    if annotation is None:
        return None
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")


@shown.register
def _of_resource(definition: ResourceDefinition) -> Rich:
    pairs: list[tuple[str, Showable]] = []
    if definition.has_schema:
        pairs.append(("config", code(definition.config_schema.shown())))
    if definition.required_resource_keys:
        pairs.append(("needs", code(", ".join(sorted(definition.required_resource_keys)))))
    name = getattr(definition.resource_fn, "__name__", "")
    title = type(definition).__name__ if name in ("", "<lambda>") else name
    kind = "resource" if type(definition) is ResourceDefinition else type(definition).__name__
    parts = [title_line(title, kind), *([plain(definition.description)] if definition.description else [])]
    return stack([*parts, facts(pairs)] if pairs else parts)
