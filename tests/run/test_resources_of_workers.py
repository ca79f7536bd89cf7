"""Resources in other processes: only what is needed is sent there, and what goes wrong at their end is told."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    ConfigurableIOManager,
    ConfigurableResource,
    FilesystemIOManager,
    Instance,
    RunConfig,
    asset,
    materialize,
    resource,
)
from notebook_assets.errors import NotPortableError
from notebook_assets.run.executor_processes import ProcessPool

SECRET = "hunter2-of-the-test"


class Database(ConfigurableResource):
    password: str


class Holder(ConfigurableResource):
    database: Database


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that is sent to workers at the beginning of a call."""
    found: list[bytes] = []
    begin = ProcessPool._begin

    def noting(pool: ProcessPool, worker: Any, work: Any) -> Any:
        made = begin(pool, worker, work)
        found.extend([made.run or b"", made.kit[1] or b"", made.task, *(data for _, data in made.shared)])
        return made

    monkeypatch.setattr(ProcessPool, "_begin", noting)
    return found


def run(store: Instance, *assets: Any, **options: Any) -> Any:
    wanted = {"executor": "processes", "max_workers": 1, "progress": False, "instance": store, **options}
    return materialize(list(assets), **wanted)


def test_a_resource_that_no_asset_asks_for_is_not_sent(store: Instance, sent: list[bytes], tmp_path: Path) -> None:
    @asset(io_manager_key="files")
    def plain() -> int:
        return 1

    @asset
    def after(plain: int) -> int:
        return plain + 1

    files = FilesystemIOManager(base_dir=str(tmp_path))
    run(store, plain, after, resources={"database": Database(password=SECRET), "files": files})
    assert store.load("after") == 2
    assert sent
    assert not any(SECRET.encode() in data for data in sent)


def test_what_a_function_asks_for_without_saying_so_is_sent_then(store: Instance, sent: list[bytes]) -> None:
    @asset
    def asks(context: Any) -> list[Any]:
        found = context.resources
        return [found.database.password, found.rows, sorted(found), "lock" in found, found.holder.database.password]

    database = Database(password=SECRET)
    things = {"database": database, "rows": 3, "lock": threading.Lock(), "holder": Holder(database=database)}
    run(store, asks, resources=things)
    assert store.load("asks") == [SECRET, 3, sorted(things), True, SECRET]
    assert not any(SECRET.encode() in data for data in sent)


def test_what_can_not_be_sent_is_named_when_it_is_asked_for(store: Instance) -> None:
    @asset
    def asks(context: Any) -> int:
        return 1 if context.resources.lock else 0

    failure = run(store, asks, resources={"lock": threading.Lock()}, raise_on_error=False).failures[0]
    assert isinstance(failure.error, NotPortableError)
    assert "The resource 'lock' can't be handed to another process" in str(failure.error)


@pytest.mark.parametrize("executor", ["in_process", "processes"])
def test_a_resource_within_another_is_configured_by_its_own_key(store: Instance, executor: str) -> None:
    database = Database.configure_at_launch()

    @asset
    def reads(holder: Holder) -> str:
        return holder.database.password

    config = RunConfig(resources={"database": Database(password=SECRET)})
    options = {"executor": executor, "max_workers": 1, "run_config": config}
    run(store, reads, resources={"database": database, "holder": Holder(database=database)}, **options)
    assert store.load("reads") == SECRET


class Folder(ConfigurableIOManager):
    base: str

    def handle_output(self, context: Any, obj: Any) -> None:
        Path(self.base, context.asset_key.name).write_text(f"{obj}{context.resources.suffix}")

    def load_input(self, context: Any) -> str:
        return Path(self.base, context.asset_key.name).read_text() + context.resources.suffix


def test_an_io_manager_may_ask_for_resources_too(store: Instance, tmp_path: Path) -> None:
    @asset(io_manager_key="folder", required_resource_keys={"suffix"})
    def kept() -> str:
        return "a"

    @asset
    def read(kept: str) -> str:
        return kept

    run(store, kept, read, resources={"folder": Folder(base=str(tmp_path)), "suffix": "!"})
    assert store.load("read") == "a!!"


@pytest.mark.parametrize("executor", ["in_process", "processes"])
def test_errors_when_resources_are_torn_down_are_told(store: Instance, caplog: Any, capsys: Any, executor: str) -> None:
    @resource
    def breaks() -> Any:
        yield 1
        print("closing")
        raise ValueError("it is stuck")

    @asset(required_resource_keys={"breaks"})
    def uses(context: Any) -> int:
        return int(context.resources.breaks)

    logging.getLogger("notebook_assets").addHandler(caplog.handler)
    try:
        run(store, uses, resources={"breaks": breaks}, executor=executor)
    finally:
        logging.getLogger("notebook_assets").removeHandler(caplog.handler)
    said = [message for message in caplog.messages if "torn down" in message]
    assert set(said) == {"The resource 'breaks' could not be torn down: ValueError: it is stuck"}
    assert "closing" in capsys.readouterr().out
