"""What tests of resources share: a store that is thrown away, and a short way to make assets in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import Instance, RunResult, materialize


@pytest.fixture
def make() -> Callable[..., RunResult]:
    """Make assets in a store of their own, without a progress bar; the first error is raised."""

    def made(*assets: Any, **options: Any) -> RunResult:
        return materialize(list(assets), **{"instance": Instance.ephemeral(), "progress": False, **options})

    return made
