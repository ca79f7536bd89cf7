"""What tests of runs share: a store that is thrown away, and a short way to make assets in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notebook_assets import Instance, RunResult
from notebook_assets.workspace import materialize


@pytest.fixture
def store() -> Iterator[Instance]:
    """A store that goes with the test."""
    with Instance.ephemeral() as instance:
        yield instance


@pytest.fixture
def make(store: Instance) -> Callable[..., RunResult]:
    """Make assets in ``store``, without a progress bar and without raising the first error."""

    def made(*assets: Any, **options: Any) -> RunResult:
        return materialize(list(assets), **{"instance": store, "progress": False, "raise_on_error": False, **options})

    return made
