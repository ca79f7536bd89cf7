"""What functions that make assets take by name, for type checkers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

from notebook_assets.run import ProgressListener, RunConfig
from notebook_assets.store import Instance


class SharedOptions(TypedDict, total=False):
    """What :func:`backfill` and :func:`materialize` take, but for what they make and what they return.

    >>> SharedOptions(only="missing", executor="threads")
    {'only': 'missing', 'executor': 'threads'}
    """

    instance: Instance | None
    resources: Mapping[str, object] | None
    run_config: RunConfig | Mapping[str, Any] | None
    raise_on_error: bool
    tags: Mapping[str, str] | None
    selection: object
    only: str | None
    upstream: bool
    progress: bool | ProgressListener
    executor: object
    max_workers: int | None
    timeout: float | None
    order: str


class RunOptions(SharedOptions, total=False):
    """What :func:`materialize` takes besides the assets, but for the two that choose what it returns.

    >>> RunOptions(partitions="all")
    {'partitions': 'all'}
    """

    partition_key: str | date | Mapping[str, Any] | None
    partitions: Any
