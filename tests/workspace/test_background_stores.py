"""What a background run keeps of its store when it is over: nothing that the person did not have anyway."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path
from typing import Any

from notebook_assets import Instance, asset, background_runs, materialize


@asset
def number() -> int:
    return 42


def begun(store: Instance) -> Any:
    return materialize([number], only="all", instance=store, background=True, progress=False)


def open_files(folder: Path) -> int:
    links = (Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))
    return sum(str(link.readlink()).startswith(str(folder)) for link in links if link.is_symlink())


def test_its_own_opening_of_the_store_is_closed_and_the_result_goes_on(tmp_path: Path) -> None:
    with Instance(tmp_path) as store:
        begun(store).wait(30)
        before = open_files(tmp_path)
        runs = [begun(store) for _ in range(5)]
        results = [run.wait(30) for run in runs]
        assert open_files(tmp_path) - before < 5  # SQLite may keep a descriptor for later use; not three a run
        assert [result.asset_value("number") for result in results] == [42] * 5
        assert [result.instance for result in results] == [store] * 5


def test_a_result_is_there_after_the_given_store_was_closed(tmp_path: Path) -> None:
    closed = threading.Event()

    @asset
    def patient() -> int:
        assert closed.wait(30)
        return 42

    with Instance(tmp_path) as store:
        run = materialize([patient], instance=store, background=True, progress=False)
    closed.set()
    assert run.wait(30).success
    assert run.result.asset_value("patient") == 42


def test_a_temporary_store_goes_with_who_has_it() -> None:
    store = Instance.ephemeral()
    folder = store.folder
    run = begun(store)
    run.wait(30)
    del store
    gc.collect()
    assert run in tuple(background_runs())
    assert run.result.asset_value("number") == 42
    run_id = run.run_id
    del run
    gc.collect()
    assert not folder.exists()
    assert run_id not in [each.run_id for each in background_runs()]
