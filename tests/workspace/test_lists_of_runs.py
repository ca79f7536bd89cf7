"""The list of the latest runs is a sequence and a DataFrame; runs of an archive stand where they were begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize, run_history

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])


@pytest.fixture
def store():
    with Instance.ephemeral() as instance:
        yield instance


@asset(partitions_def=LETTERS)
def letters(context):
    if context.partition_key == "c":
        raise ValueError("no c")
    return context.partition_key


def test_it_is_a_sequence(store: Instance) -> None:
    for key in ("a", "b"):
        materialize([letters], partitions=key, instance=store, progress=False)
    history = run_history(instance=store)
    assert len(history) == 2
    assert [run.made for run in history] == [1, 1]
    assert history[0].started_at > history[-1].started_at


def test_it_is_a_frame(store: Instance) -> None:
    assert run_history(instance=store).to_frame().empty
    materialize([letters], partitions="all", instance=store, progress=False, raise_on_error=False)
    store.begin_run(selection="letters", planned=2)
    frame = run_history(instance=store).to_frame()
    assert frame["status"].tolist() == ["running", "failed"]
    assert frame[["planned", "made", "failed", "left"]].to_numpy().tolist() == [[2, 0, 0, 2], [3, 2, 1, 0]]
    assert str(frame["started_at"].dtype).endswith("UTC]")
    assert frame["finished_at"].isna().tolist() == [True, False]
    assert frame["seconds"].isna().tolist() == [True, False]


def test_an_import_comes_first_and_what_it_brought_was_not_left_undone(store: Instance, tmp_path: Path) -> None:
    for _ in range(2):
        materialize([letters], partitions="a...b", instance=store, progress=False)
    store.export(tmp_path / "m.zip")
    with Instance.ephemeral() as other:
        materialize([letters], partitions="a", instance=other, progress=False)
        other.import_archive(tmp_path / "m.zip", existing="replace")
        history = run_history(instance=other)
        assert history[0].selection == "import of m.zip"
        assert [run.left for run in history] == [0] * len(history)
        assert [run.started_at for run in history] == sorted((run.started_at for run in history), reverse=True)
