"""What threads still compute when their run was canceled goes nowhere: not to an IO manager, not to the store."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    AssetOut,
    BackfillPolicy,
    Definitions,
    FilesystemIOManager,
    Instance,
    RetryPolicy,
    StaticPartitionsDefinition,
    asset,
    materialize,
    multi_asset,
)

HELD = "notebook_assets worker"


class Held:
    """A function that is held within its second call until the test lets go of it."""

    def __init__(self) -> None:
        self.calls = 0
        self.reached, self.may_go = threading.Event(), threading.Event()

    def __call__(self) -> int:
        self.calls += 1
        if self.calls == 2:
            self.reached.set()
            assert self.may_go.wait(30)
        return self.calls

    def let_go(self) -> None:
        """Let it come to its end, and wait for that."""
        late = [thread for thread in threading.enumerate() if thread.name == HELD]
        self.may_go.set()
        for thread in late:
            thread.join(30)
            assert not thread.is_alive()


def of_kind(kind: str, held: Held) -> Any:
    """Return an asset ``made`` of some kind, whose function is held."""
    if kind == "multi_asset":

        @multi_asset(outs={"made": AssetOut(io_manager_key="files")})
        def function() -> int:
            return held()

        return function
    if kind == "range":

        @asset(
            name="made",
            io_manager_key="files",
            partitions_def=StaticPartitionsDefinition(["a", "b"]),
            backfill_policy=BackfillPolicy.single_run(),
        )
        def several(context: Any) -> dict[str, int]:
            return dict.fromkeys(context.partition_keys, held())

        return several

    @asset(name="made", io_manager_key="files")
    def plain() -> int:
        return held()

    return plain


@pytest.mark.parametrize("kind", ["asset", "multi_asset", "range"])
def test_what_comes_late_is_not_handed_to_the_io_manager(store: Instance, tmp_path: Path, kind: str) -> None:
    held, resources = Held(), {"files": FilesystemIOManager(base_dir=str(tmp_path))}
    made = of_kind(kind, held)
    options: dict[str, Any] = {"instance": store, "resources": resources, "progress": False}
    if kind == "range":
        options["partitions"] = "all"
    materialize([made], **options)
    run = materialize([made], only="all", executor="threads", max_workers=1, background=True, **options)
    assert held.reached.wait(30)
    run.cancel()
    assert run.wait(30).status == "canceled"
    held.let_go()
    key = "a" if kind == "range" else None
    loaded = Definitions([made], resources=resources).load_asset_value("made", partition_key=key, instance=store)
    assert loaded == {"a": 1} if isinstance(loaded, dict) else loaded == 1
    assert len(store.versions("made", key)) == 1


def test_what_comes_late_leaves_no_file_in_the_store_and_is_not_tried_again(store: Instance) -> None:
    held = Held()
    held.calls = 1

    @asset(retry_policy=RetryPolicy(max_retries=5))
    def fails() -> int:
        held()
        raise ValueError(held.calls)

    run = materialize([fails], instance=store, executor="threads", background=True, progress=False)
    assert held.reached.wait(30)
    run.cancel()
    run.wait(30)
    held.let_go()
    assert held.calls == 2

    again = Held()
    again.calls = 1

    @asset
    def big() -> bytes:
        again()
        return b"x" * 5_000_000

    run = materialize([big], instance=store, executor="threads", background=True, progress=False)
    assert again.reached.wait(30)
    run.cancel()
    run.wait(30)
    again.let_go()
    assert not [path for path in (store.folder / "values").rglob("*") if path.is_file()]
