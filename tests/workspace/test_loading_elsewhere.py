"""Values load after a restart and from another notebook, before any definition is bound; who made what is kept."""

from __future__ import annotations

from typing import Any

import pytest

LAST_THREE = "2024-03-29...2024-03-31"


@pytest.fixture
def restarted(weather: Any) -> Any:
    """The notebook after its kernel has been started again: a store full of values, nothing defined."""
    weather.run("%materialize total --upstream")
    return weather.restarted()


def test_values_load_from_the_store_alone(restarted: Any) -> None:
    """One key, a range, all, and what has no partitions."""
    assert restarted.run("load_asset_value('daily', partition_key='2024-03-02')") == 6
    loaded = restarted.run(f"load_asset_value('daily', partitions='{LAST_THREE}')")
    assert loaded == {"2024-03-29": 87, "2024-03-30": 90, "2024-03-31": 93}
    assert len(restarted.run("load_asset_value('readings', partitions='all')")) == 31
    assert restarted.run("load_asset_value('total')") == 1488
    with_loader = "with get_asset_value_loader() as loader:\n    found = loader.load_asset_value('total')"
    restarted.run(with_loader)
    assert restarted.run("found") == 1488


def test_the_catalogue_names_what_the_store_has_besides(restarted: Any) -> None:
    """Before anything is defined, %assets says what can be loaded."""
    listing = restarted.run("%assets")
    assert listing.entries == ()
    assert "3 more assets, not defined here; load_asset_value loads them: daily, readings, total" in repr(listing)
    restarted.run(WEATHER)
    assert restarted.run("%assets").elsewhere == ()


def test_different_errors_before_any_definition_is_bound(restarted: Any) -> None:
    """No such partition, no such asset: told apart, near matches named."""
    shown = restarted.fails("load_asset_value('daily', partition_key='2024-03-32')")
    assert "UnknownPartitionError" in shown
    shown = restarted.fails("load_asset_value('dayly', partition_key='2024-03-02')")
    assert "UnknownAssetError" in shown


def test_another_notebook_names_the_asset_as_an_input(restarted: Any) -> None:
    """By @asset and by %%asset, with its partitions; the catalogue shows it as made elsewhere."""
    restarted.run(
        "%%asset last --partitions daily\ndaily * 100",
        "@asset\ndef sum_of_all(daily):\n    return sum(daily.values())",
        "%materialize last -p 2024-03-02",
        "%materialize sum_of_all",
    )
    assert restarted.run("load_asset_value('last', partition_key='2024-03-02')") == 600
    assert restarted.run("load_asset_value('sum_of_all')") == 1488
    (daily,) = [entry for entry in restarted.run("%assets").entries if str(entry.key) == "daily"]
    assert daily.remark == "made elsewhere"
    assert restarted.completions("%explain dai") == ["daily"]


def test_defined_again_what_was_made_is_fresh(restarted: Any) -> None:
    """The same cells after the restart: nothing is stale, nothing is made again."""
    restarted.run(WEATHER)
    assert restarted.run("%materialize *total --only missing").planned == 0
    assert restarted.run("%explain total").state == "materialized"


def test_a_key_last_made_by_another_notebook_warns(
    notebook: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, and only for what is made: defining an asset does not take it over."""
    cells = "@asset\ndef one():\n    return 1\n@asset\ndef two():\n    return 2"
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/first.ipynb")
    notebook.run(cells, "%materialize one or two")
    assert caplog.messages == []
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/second.ipynb")
    again = notebook.restarted()
    again.run(cells, "%materialize one")
    assert caplog.messages == ["one was last made by another notebook, first.ipynb; from now on by second.ipynb."]
    again.run("%materialize one")
    assert len(caplog.messages) == 1
    again.run("%materialize two")
    assert caplog.messages[1:] == ["two was last made by another notebook, first.ipynb; from now on by second.ipynb."]


def test_a_notebook_without_a_name_takes_nothing_over(
    notebook: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A script or a console that makes an asset neither warns nor changes whose it is."""
    monkeypatch.setenv("JPY_SESSION_NAME", "first.ipynb")
    notebook.run("@asset\ndef one():\n    return 1", "%materialize one")
    monkeypatch.delenv("JPY_SESSION_NAME")
    notebook.run("%materialize one")
    monkeypatch.setenv("JPY_SESSION_NAME", "first.ipynb")
    notebook.run("%materialize one")
    assert caplog.messages == []


def test_the_store_follows_the_working_directory(notebook: Any, tmp_path: Any) -> None:
    """After ``%cd`` the store of the new folder is used; a closed one is opened again."""
    notebook.run("@asset\ndef one():\n    return 1", "%materialize one")
    (tmp_path / "elsewhere" / ".notebook_assets").mkdir(parents=True)
    notebook.run("import os\nos.chdir('elsewhere')")
    assert notebook.run("%explain one").state == "missing"
    notebook.run("os.chdir('..')")
    assert notebook.run("%explain one").state == "materialized"
    notebook.run("Instance.get().close()")
    assert notebook.run("%explain one").state == "materialized"


WEATHER = """\
@asset(partitions_def=days, group_name="weather")
def readings(context):
    return [int(context.partition_key[-2:])] * 3

@asset(partitions_def=days, group_name="weather")
def daily(readings):
    return sum(readings)

@asset
def total(daily):
    return sum(daily.values())
"""
