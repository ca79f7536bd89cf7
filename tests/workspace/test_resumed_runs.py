"""A run that did not end well goes on with what it planned and did not make, also after its process was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    Definitions,
    DynamicPartitionsDefinition,
    Instance,
    InvalidInvocationError,
    RunInterrupted,
    StaticPartitionsDefinition,
    asset,
    backfill,
    materialize,
    resume,
    run_history,
)
from notebook_assets.workspace.died_runs import what_died

LETTERS = StaticPartitionsDefinition(list("abcdef"))


@pytest.fixture
def store():
    with Instance.ephemeral() as instance:
        yield instance


class Letters:
    """An asset of six letters, each of which does what a test says; ``made`` are those that it was called for."""

    def __init__(self, **actions):
        self.actions = actions
        self.made: list[str] = []

        @asset(partitions_def=LETTERS)
        def letters(context):
            key = context.partition_key
            self.made.append(key)
            action = self.actions.get(key)
            if action is not None:
                raise action
            return key

        @asset(partitions_def=LETTERS)
        def doubled(letters):
            return letters * 2

        self.definitions = Definitions([letters, doubled])
        self.letters, self.doubled = letters, doubled

    def run(self, store, **options):
        self.made.clear()
        return resume(instance=store, definitions=self.definitions, progress=False, **options)


def interrupted(things: Letters, store: Instance) -> str:
    """Make the letters until one of them is interrupted; return the run."""
    with pytest.raises(RunInterrupted) as caught:
        materialize([things.letters, things.doubled], partitions="all", instance=store, progress=False)
    return caught.value.result.run_id


def test_it_goes_on_where_it_was_interrupted(store):
    things = Letters(c=KeyboardInterrupt())
    first = interrupted(things, store)
    things.actions.clear()
    result = things.run(store)
    assert things.made == ["c", "d", "e", "f"]
    assert result.success
    assert result.planned == 4 + 6
    assert store.run(result.run_id).parent == first
    assert store.load("doubled", "c") == "cc"


def test_a_second_time_there_is_nothing_to_do(store):
    things = Letters(c=KeyboardInterrupt())
    first = interrupted(things, store)
    things.actions.clear()
    things.run(store)
    again = things.run(store, run_id=first)
    assert again.planned == 0
    assert again.headline() == "Nothing to do: all that the run planned is made."


def test_what_failed_and_what_was_skipped_is_made(store):
    things = Letters(b=ValueError("not b"), e=ValueError("not e"))
    materialize(
        [things.letters, things.doubled], partitions="all", instance=store, progress=False, raise_on_error=False
    )
    things.actions = {"e": ValueError("not e")}
    result = things.run(store, raise_on_error=False)
    assert (things.made, result.planned, len(result.failures), len(result.skips)) == (["b", "e"], 4, 1, 1)
    things.actions.clear()
    assert things.run(store).planned == 2


def test_what_another_run_made_since_is_not_made_again(store):
    things = Letters(c=KeyboardInterrupt())
    interrupted(things, store)
    things.actions.clear()
    materialize([things.letters], partitions="d", instance=store, progress=False)
    things.run(store)
    assert things.made == ["c", "e", "f"]


def test_a_dry_run_says_what_is_left(store):
    things = Letters(c=KeyboardInterrupt())
    interrupted(things, store)
    things.actions.clear()
    plan = things.run(store, dry_run=True)
    assert [(row.key.name, row.ranges) for row in plan.rows] == [("letters", "c...f"), ("doubled", "a...f")]
    assert things.made == []


def test_in_the_background(store):
    things = Letters(c=KeyboardInterrupt())
    interrupted(things, store)
    things.actions.clear()
    assert things.run(store, background=True).wait(30).success


def test_its_configuration_and_tags_are_those_of_the_run(store):
    seen = []

    @asset(config_schema={"rows": int})
    def table(context):
        seen.append(context.op_config["rows"])
        if len(seen) == 1:
            raise ValueError("not yet")
        return 1

    config = {"ops": {"table": {"config": {"rows": 3}}}}
    materialize([table], instance=store, run_config=config, tags={"team": "a"}, progress=False, raise_on_error=False)
    result = resume(instance=store, definitions=Definitions([table]), progress=False)
    assert seen == [3, 3]
    assert store.run(result.run_id).tags["team"] == "a"


def test_a_configuration_with_secrets_must_be_given_again(store):
    @asset(config_schema={"password": str})
    def table(context):
        raise ValueError("not yet")

    config = {"ops": {"table": {"config": {"password": "hunter2"}}}}
    materialize([table], instance=store, run_config=config, progress=False, raise_on_error=False)
    with pytest.raises(InvalidInvocationError, match="run_config="):
        resume(instance=store, definitions=Definitions([table]), progress=False)
    with pytest.raises(ValueError, match="not yet"):
        resume(instance=store, definitions=Definitions([table]), progress=False, run_config=config)


def test_what_can_not_go_on_says_why(store):
    with pytest.raises(InvalidInvocationError, match="no run to go on with"):
        resume(instance=store)
    things = Letters(c=KeyboardInterrupt())
    first = interrupted(things, store)
    with pytest.raises(InvalidInvocationError, match="planned doubled, letters, not defined here"):
        resume(instance=store, definitions=Definitions([]))
    with pytest.raises(InvalidInvocationError, match="No run has an id that begins with 'zzz'"):
        resume("zzz", instance=store)
    with pytest.raises(InvalidInvocationError, match="named by its id, or by how that begins; got ''"):
        resume("", instance=store)

    @asset(partitions_def=DailyPartitionsDefinition("2024-01-01"))
    def letters(): ...

    @asset
    def doubled(): ...

    with pytest.raises(InvalidInvocationError, match="letters has other partitions now"):
        resume(first[:6], instance=store, definitions=Definitions([letters, doubled]))


def test_an_asset_that_has_lost_its_partitions_is_not_made_as_a_whole(store):
    things = Letters(c=KeyboardInterrupt())
    interrupted(things, store)

    @asset
    def letters(): ...

    definitions = Definitions([letters, things.doubled])
    with pytest.raises(InvalidInvocationError, match=r"letters has other partitions now .*none at all"):
        resume(instance=store, definitions=definitions)


def test_partitions_that_are_no_more_are_left_out_with_a_warning(store, caplog):
    letters_now = DynamicPartitionsDefinition(name="letters_now")
    store.add_dynamic_partitions("letters_now", list("abcde"))
    made, failing = [], {"b", "c"}

    @asset(partitions_def=letters_now)
    def letters(context):
        made.append(context.partition_key)
        if context.partition_key in failing:
            raise ValueError

    options = {"instance": store, "progress": False}
    materialize([letters], partitions="all", raise_on_error=False, **options)
    failing.clear()
    made.clear()
    store.delete_dynamic_partition("letters_now", "a")
    store.delete_dynamic_partition("letters_now", "b")
    result = resume(definitions=Definitions([letters]), **options)
    assert (result.success, made) == (True, ["c"])
    assert "2 partitions of letters that the run planned are no more, and are left out: 'a', 'b'." in caplog.text


KILLED = """
import sys, time
from notebook_assets import *
letters_def = StaticPartitionsDefinition([f"{at:03}" for at in range(200)])

@asset(partitions_def=letters_def)
def numbers(context):
    time.sleep(0.02)
    return context.partition_key

if sys.argv[1:]:
    store = Instance.get()
    print(len(store.get_materialized_partitions("numbers")), resume(progress=False).planned)
    print(sorted(store.get_materialized_partitions("numbers")) == letters_def.get_partition_keys())
else:
    materialize([numbers], partitions="all", progress=False)
"""


def test_a_run_goes_on_after_its_process_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process says so in one line, and makes exactly what is left."""
    monkeypatch.setenv("NOTEBOOK_ASSETS_HOME", str(tmp_path / "store"))
    script = tmp_path / "backfill.py"
    script.write_text(KILLED, encoding="utf-8")
    first = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path)
    until = time.monotonic() + 60
    while time.monotonic() < until and not made(tmp_path / "store"):
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = subprocess.run(
        [sys.executable, str(script), "again"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    before, planned, whole = second.stdout.split()
    assert 0 < int(before) < 200
    assert int(planned) == 200 - int(before)
    assert whole == "True"
    assert f"was interrupted: {before} of 200 made; %resume (or resume()) goes on." in second.stderr
    with Instance(tmp_path / "store") as store:
        assert [run.status for run in run_history(instance=store).runs] == ["success", "interrupted"]
        assert what_died(store) == ""


def made(folder: Path) -> int:
    """Return how many numbers a store has that another process fills."""
    if not (folder / "store.db").exists():
        return 0
    with Instance(folder) as store:
        return len(store.pieces("numbers").partitions) if store.runs() else 0


def test_a_backfill_goes_on_when_its_line_is_run_again(store):
    things = Letters(c=KeyboardInterrupt())
    with pytest.raises(RunInterrupted):
        backfill([things.letters], "a...e", instance=store, progress=False)
    things.actions.clear()
    things.made.clear()
    assert backfill([things.letters], "a...e", instance=store, progress=False).planned == 3
    assert things.made == ["c", "d", "e"]


def test_nothing_goes_on_with_a_run_that_died_without_a_plan(store: Instance) -> None:
    planned = store.begin_run(selection="letters", targets=[("letters", "")], planned=3)
    store.finish_run(planned, "interrupted")
    imported = store.begin_run(selection="import of a.zip")
    store.finish_run(imported, "interrupted")
    history = run_history(instance=store)
    assert [run.is_left for run in history.runs] == [False, True]
    assert f"%resume {planned[:8]}" in str(history)
    assert what_died(store).startswith(f"The run {planned[:8]} of letters was interrupted: 0 of 3 made")
    store.finish_run(planned, "success")
    assert what_died(store) == ""
    assert "goes on" not in str(run_history(instance=store))
    with pytest.raises(InvalidInvocationError, match="not kept what the run"):
        resume(imported, instance=store, definitions=Definitions([]))


@pytest.mark.parametrize("partitions", [LETTERS, None])
def test_a_run_that_died_is_not_to_be_resumed_once_others_made_all_of_it(store: Instance, partitions) -> None:
    @asset(partitions_def=partitions)
    def slow(context):
        return 1

    subset = "" if partitions is None else LETTERS.subset_with_partition_keys(["a", "b"]).serialize()
    materialize([slow], instance=store, progress=False, partitions=None if partitions is None else "c")
    first, second = (
        store.begin_run(selection="slow", targets=[("slow", subset)], planned=2, parent=None) for _ in range(2)
    )
    for died in (first, second):
        store.finish_run(died, "interrupted")
    assert f"%resume {second[:8]}" in str(run_history(instance=store))
    assert "So was 1 before it" in what_died(store)
    resume(second, instance=store, definitions=Definitions([slow]), progress=False)
    assert "%resume" not in str(run_history(instance=store))
    another = store.begin_run(selection="slow", targets=[("slow", subset)], planned=2)
    store.finish_run(another, "interrupted")
    assert f"%resume {another[:8]}" in str(run_history(instance=store))
    assert what_died(store).endswith("goes on.")
