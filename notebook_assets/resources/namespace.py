"""The resources of a run, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from notebook_assets.errors import UnknownResourceError, did_you_mean


class Resources:
    """Resources as attributes, as ``context.resources`` hands them out.

    Args:
        by_name: Any objects by their resource key.

    Raises:
        UnknownResourceError: There is no resource of the name that was asked for; it is an AttributeError too, so that
            ``hasattr`` and ``getattr`` with a default do as usual.

    >>> resources = Resources({"greeting": "hello"})
    >>> resources.greeting, "farewell" in resources, getattr(resources, "farewell", "none")
    ('hello', False, 'none')
    """

    def __init__(self, by_name: Mapping[str, object] | None = None) -> None:
        # A view sets up what it is asked for, so that it must not be copied.
        self._by_name = by_name if getattr(by_name, "is_view", False) and by_name is not None else dict(by_name or {})

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.__dict__["_by_name"][name]
        except KeyError:
            known = self.__dict__.get("_by_name", {})
            raise UnknownResourceError(
                f"There is no resource {name!r}; this run has {sorted(known) or 'none'}. "
                f"Give it by resources={{{name!r}: ...}}.{did_you_mean(name, known)}"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __getitem__(self, name: str) -> object:
        return self._by_name[name]

    def __config_of__(self, name: str) -> Any:
        """Return the configuration that a resource was set up with; None for a plain object."""
        config_of = getattr(self._by_name, "config_of", None)
        return config_of(name) if config_of is not None else None

    def __repr__(self) -> str:
        return f"Resources({', '.join(self._by_name)})"
