"""InitResourceContext: what a resource is told when it is set up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.resources.covering import Covered, covered
from notebook_assets.resources.logs import piece_log
from notebook_assets.resources.namespace import Resources


def _can_not_set_up(thing: object) -> Any:
    raise InvalidInvocationError(f"{thing!r} can be set up by a run or by build_resources only.")


@dataclass(frozen=True)
class InitResourceContext:
    """The first parameter of a resource's function, and of ``setup_for_execution``.

    >>> build_init_resource_context(config={"url": "x"}).resource_config
    {'url': 'x'}
    """

    resource_config: Any = None
    """Its configuration, checked, with defaults."""
    resources: Any = field(default_factory=Resources)
    """The resources that it requires, set up."""
    resource_def: Any = None
    instance: Any = None
    run_id: str | None = None
    run: Any = None
    """What is known of the run: its ``run_id``, ``tags`` and ``selection``; None outside of runs."""
    set_up: Callable[[object], Any] = field(default=_can_not_set_up, repr=False)
    """Sets up another resource for as long as this one; the same one only once."""
    as_written: Any = field(default=None, repr=False, compare=False)
    """Its configuration as people wrote it, with the names of variables in it and not what they hold."""

    def __repr__(self) -> str:
        config = None if self.resource_config is None else Covered()
        config = config if self.as_written is None else covered(self.as_written)
        return (
            f"InitResourceContext(resource_config={config!r}, resources={self.resources!r}, "
            f"resource_def={self.resource_def!r}, instance={self.instance!r}, run_id={self.run_id!r}, run={self.run!r})"
        )

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()

    def replace_config(self, config: Any) -> InitResourceContext:
        """Return the context with another configuration."""
        return replace(self, resource_config=config)


def build_init_resource_context(
    config: Any = None, resources: Mapping[str, object] | None = None, instance: Any = None
) -> InitResourceContext:
    """Return a context to call a resource's function with, in a test.

    Args:
        config: Its configuration.
        resources: The resources that it requires, by key.
        instance: The store.

    >>> build_init_resource_context(resources={"url": "x"}).resources.url
    'x'
    """
    return InitResourceContext(config, Resources(resources or {}), instance=instance, as_written=config)
