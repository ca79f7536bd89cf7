"""materialize_to_memory and instance_for_test: making assets in tests, without leaving anything behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from notebook_assets.assets import AssetsDefinition
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.resources.memory_io_manager import InMemoryIOManager
from notebook_assets.run import RunResult
from notebook_assets.store import Instance
from notebook_assets.workspace.given import check_given
from notebook_assets.workspace.making import materialize

_HOME = "NOTEBOOK_ASSETS_HOME"


def materialize_to_memory(
    assets: Iterable[Any],
    run_config: Any = None,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | date | Mapping[str, Any] | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: object = None,
) -> RunResult:
    """Make assets and keep their values in memory, whatever IO managers they have; for tests.

    Args:
        assets: The assets to make; source assets among them are loaded as they always are.
        run_config: The run configuration.
        instance: The store that records what was made; by default one that is gone afterwards.
        resources: Objects by resource key, no IO managers of the assets that are made among them.
        partition_key: The partition to make.
        raise_on_error: Whether to raise the first error when the run is over; else the result tells of it.
        tags: Names and values kept with the run.
        selection: Narrows ``assets``.

    Raises:
        InvalidInvocationError: An IO manager of an asset that is made is among the resources.
        Exception: The first error that an asset's function raised.

    >>> from notebook_assets import asset
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> @asset
    ... def squares(numbers):
    ...     return lambda: [each**2 for each in numbers]
    >>> materialize_to_memory([numbers, squares]).output_for_node("squares")()
    [1, 4, 9]
    """
    __tracebackhide__ = True
    check_given({"instance": instance, "resources": resources, "tags": tags})
    if isinstance(assets, str) or not isinstance(assets, Iterable | AssetsDefinition):
        raise InvalidInvocationError(f"materialize_to_memory makes a list of assets, such as [daily]; got {assets!r}.")
    listed = [assets] if isinstance(assets, AssetsDefinition) else list(assets)
    made = [thing for thing in listed if isinstance(thing, AssetsDefinition)]
    managers = {thing.io_manager_key_of(key) for thing in made for key in thing.keys}
    for name in sorted(managers & (resources or {}).keys()):
        raise InvalidInvocationError(
            f"materialize_to_memory keeps the values itself; leave out the resource {name!r}, which is an IO manager "
            "of what is made, or use materialize."
        )
    memory = InMemoryIOManager()
    options: dict[str, Any] = {} if run_config is None else {"run_config": run_config}
    result: RunResult = materialize(
        listed,
        instance=instance or Instance.ephemeral(),
        resources={**(resources or {}), **dict.fromkeys(managers, memory)},
        partition_key=partition_key,
        raise_on_error=raise_on_error,
        tags=tags,
        selection=selection,
        progress=False,
        **options,
    )
    return result


@contextmanager
def instance_for_test(
    overrides: Mapping[str, Any] | None = None,
    set_dagster_home: bool = True,
    temp_dir: str | Path | None = None,
) -> Iterator[Instance]:
    """Give a store for a test, to be used in a ``with`` block; it is the default one meanwhile, and gone afterwards.

    Args:
        overrides: Not needed; only for code that gives it.
        set_dagster_home: Whether it is the default store meanwhile.
        temp_dir: The folder that it is in, which stays; by default a temporary one.

    >>> from notebook_assets import asset, load_asset_value, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> with instance_for_test() as instance:
    ...     _ = materialize([numbers], progress=False)
    ...     load_asset_value("numbers")
    [1, 2, 3]
    """
    before = os.environ.get(_HOME)
    folder = Path(temp_dir) if temp_dir is not None else Path(tempfile.mkdtemp(prefix="notebook-assets-"))
    if set_dagster_home:
        os.environ[_HOME] = str(folder)
    instance = Instance.get() if set_dagster_home else Instance(folder)
    try:
        yield instance
    finally:
        instance.close()
        if set_dagster_home:
            _restore(before)
        if temp_dir is None:
            shutil.rmtree(folder, ignore_errors=True)


def _restore(home: str | None) -> None:
    if home is None:
        os.environ.pop(_HOME, None)
    else:
        os.environ[_HOME] = home
