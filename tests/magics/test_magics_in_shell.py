"""Every magic and option in a real shell, beside the public function of the same meaning."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import PieceState
from notebook_assets.display.rich import Shown

DAYS_3 = "2024-03-01...2024-03-03"
M, MISSING, STALE = PieceState.MATERIALIZED, PieceState.MISSING, PieceState.STALE


FORGET = """
from notebook_assets.workspace import workspace
for each in (readings, daily, total):
    workspace().instance().wipe(each.key)
"""


def both_forms(result: Any) -> tuple[str, str]:
    """Return the HTML and the text of a result; each must be there."""
    assert isinstance(result, Shown)
    html, text = result._repr_html_(), repr(result)
    assert html.startswith('<div class="nba-root">')
    assert text.strip()
    return html, text


@pytest.mark.parametrize(
    ("magic", "function"),
    [
        ("%assets", "asset_catalogue()"),
        ("%assets group:weather and not daily", "asset_catalogue('group:weather and not daily')"),
        ("%assets daily+", "asset_catalogue([daily, total])"),
        ("%lineage", "lineage()"),
        ("%lineage ++daily", "lineage('++daily')"),
        ("%lineage daily or readings", "lineage([AssetKey('daily'), 'readings'])"),
        ("%partitions daily", "partition_grid(daily)"),
        ("%mapping daily", "show_mapping('daily')"),
        ("%mapping total daily", "show_mapping(total, daily)"),
        ("%mapping daily readings --key 2024-03-02", "show_mapping(daily, readings, keys=['2024-03-02'])"),
        (
            "%mapping daily --key 2024-03-02 --key 2024-03-05...2024-03-06",
            "show_mapping('daily', keys=['2024-03-02', '2024-03-05...2024-03-06'])",
        ),
        ("%explain daily", "explain(daily)"),
        ("%explain daily 2024-03-02", "explain('daily', '2024-03-02')"),
        ("%explain daily 2024-03-09", "explain(AssetKey('daily'), '2024-03-09')"),
        ("%explain total", "explain('total')"),
        ("%explain daily -p 2024-03-02", "explain('daily', '2024-03-02')"),
        ("%mapping daily readings -p 2024-03-02", "show_mapping(daily, readings, keys=['2024-03-02'])"),
        (
            "%mapping daily readings --upstream-key 2024-03-02",
            "show_mapping(daily, readings, upstream_keys=['2024-03-02'])",
        ),
        ("%impact daily", "impact('daily')"),
        ("%impact daily -p 2024-03-02", "impact('daily', ['2024-03-02'])"),
        ("%changes daily", "code_changes('daily')"),
        ("%changes daily -p 2024-03-02", "code_changes(daily, '2024-03-02')"),
        ("%changes daily --accept", "accept_code('daily')"),
        ("%changes", "code_changes()"),
        ("%changes group:weather --accept", "accept_code('group:weather')"),
        ("%changes daily --take-back -p 2024-03-02", "take_back_code('daily', '2024-03-02')"),
    ],
)
def test_magic_shows_what_its_function_returns(weather: Any, magic: str, function: str) -> None:
    """A magic and its public function give the same, in both forms."""
    weather.run(f"%materialize daily -p {DAYS_3} --upstream")
    assert both_forms(weather.run(magic)) == both_forms(weather.run(function))


@pytest.mark.parametrize("magic", ["assets", "lineage", "partitions", "mapping", "materialize", "explain"])
def test_help_of_a_line_magic(notebook: Any, magic: str) -> None:
    """``--help`` shows the page and does nothing else; ``%magic?`` finds the same text."""
    assert f"Usage: %{magic}" in repr(notebook.run(f"%{magic} --help"))
    assert f"Usage: %{magic}" in notebook.shell.magics_manager.magics["line"][magic].__doc__


def test_help_of_the_cell_magic(notebook: Any) -> None:
    """``%asset --help`` and ``%%asset --help`` show the page."""
    assert "Usage: %%asset" in repr(notebook.run("%asset --help"))
    assert "Usage: %%asset" in repr(notebook.run("%%asset --help\n1"))


def counts(notebook: Any, name: str) -> dict[PieceState, int]:
    return dict(notebook.run(f"asset_catalogue({name!r}).entries[0].counts"))


@pytest.mark.parametrize(
    ("magic", "function"),
    [
        (f"%materialize readings -p {DAYS_3}", f"materialize('readings', partitions='{DAYS_3}')"),
        ("%materialize readings -p 2024-03-02", "materialize([readings], partition_key='2024-03-02')"),
        (
            "%materialize readings -p 2024-03-02 -p 2024-03-30...",
            "materialize(readings, partitions=['2024-03-02', '2024-03-30...'])",
        ),
        ("%materialize readings -p ...2024-03-02", "materialize('readings', partitions='...2024-03-02')"),
        ("%materialize readings -p all", "materialize('readings', partitions='all')"),
        ("%materialize readings", "materialize('readings', only='missing')"),
        ("%materialize readings --only all", "materialize('readings', only='all')"),
        (f"%materialize daily -p {DAYS_3} --upstream", f"materialize(daily, partitions='{DAYS_3}', upstream=True)"),
        ("%materialize readings or daily", "materialize([readings, daily], only='missing')"),
        ("%materialize +daily -p 2024-03-01", "materialize('+daily', partition_key='2024-03-01')"),
        ("%materialize total --upstream", "materialize(total, upstream=True)"),
        ("%materialize total --only missing --upstream", "materialize(total, only='missing', upstream=True)"),
    ],
)
def test_materialize_as_magic_and_as_function(weather: Any, magic: str, function: str) -> None:
    """The magic makes the same pieces as the function with the same meaning."""
    by_magic = weather.run(magic)
    assert by_magic.success
    assert both_forms(by_magic)
    made = {str(key): found for key, found in by_magic.counts.items()}
    weather.run(FORGET)
    by_function = weather.run(function)
    assert {str(key): found for key, found in by_function.counts.items()} == made


def test_materialize_without_partitions_goes_on_where_it_stopped(weather: Any) -> None:
    """``%materialize`` of a partitioned asset without ``-p`` makes what is missing; ``-p`` makes anew."""
    weather.run(f"%materialize readings -p {DAYS_3}")
    assert weather.run("%materialize readings").planned == 28
    assert weather.run("%materialize readings").planned == 0
    assert weather.run("%materialize readings -p 2024-03-01").planned == 1


def test_results_show_in_html_and_text(weather: Any) -> None:
    """What a magic returns is shown by the notebook as HTML and as text."""
    weather.run(f"%materialize daily -p {DAYS_3} --upstream")
    for line in ("%assets", "%lineage", "%partitions daily", "%mapping daily", "%explain daily 2024-03-01"):
        bundle, _ = weather.shell.display_formatter.format(weather.run(line))
        assert set(bundle) == {"text/plain", "text/html"}, line


@pytest.mark.parametrize(
    "line", ["%assets daily", "%lineage daily", "%partitions daily", "%mapping daily", "%explain daily"]
)
def test_a_semicolon_at_the_end_shows_nothing(weather: Any, line: str) -> None:
    """As in any line of a notebook."""
    assert weather.run(line) is not None
    assert weather.run(f"{line};") is None
    assert weather.printed == ""


def test_a_key_in_several_words_without_quotes(notebook: Any) -> None:
    """``-p New York``: the rest of the key is taken for a selection, and the error says what was meant."""
    notebook.run("cities = StaticPartitionsDefinition(['New York', 'Rome'])", "%%asset shops --partitions cities\n1")
    assert "Quote the key: -p 'New York'." in notebook.fails("%materialize shops -p New York")
    assert 'Did you mean -p "New York"?' in notebook.fails("%materialize shops New York")
    assert notebook.run("%materialize shops -p 'New York'").success


def test_magic_results_can_be_assigned(weather: Any) -> None:
    """``result = %materialize ...`` binds the result and shows nothing."""
    weather.run("made = %materialize readings -p 2024-03-01")
    assert weather.printed == ""
    assert weather.run("made.success")


# --- loading, unloading, reloading


def test_load_ext_twice_changes_nothing(weather: Any) -> None:
    """A second ``%load_ext`` says so; callbacks and completion are not doubled."""
    weather.run("%load_ext notebook_assets")
    assert "already loaded" in weather.printed
    assert len(weather.shell.events.callbacks["post_run_cell"]) == 1
    assert len(weather.run("asset_catalogue()").entries) == 3


def test_unload_takes_the_magics_away_and_reload_brings_them_back(weather: Any) -> None:
    """After ``%unload_ext`` a magic is unknown and nothing follows the cells."""
    weather.run("%unload_ext notebook_assets")
    assert "`%assets` not found" in _stderr_of(weather, "%assets")
    assert weather.shell.events.callbacks["post_run_cell"] == []
    assert weather.shell.Completer.custom_matchers == []
    weather.run("%load_ext notebook_assets")
    assert len(weather.run("%assets").entries) == 3


def _stderr_of(notebook: Any, cell: str) -> str:
    result = notebook.shell.run_cell(cell)
    return str(result.error_in_exec)


def test_reload_keeps_definitions_whose_name_is_taken(weather: Any) -> None:
    """``%reload_ext`` does not forget an asset whose name holds its value by now."""
    weather.run(
        "%materialize daily -p 2024-03-01 --upstream", "daily = load_asset_value('daily', partition_key='2024-03-01')"
    )
    weather.run("%reload_ext notebook_assets")
    assert [str(entry.key) for entry in weather.run("%assets").entries] == ["readings", "daily", "total"]


def test_completion_end_to_end(weather: Any) -> None:
    """Tab offers assets, groups, partition keys and options of what the notebook holds at that moment."""
    offered = weather.completions
    assert offered("%explain dai") == ["daily"]
    assert offered("%explain daily 2024-03-0") == [f"2024-03-0{day}" for day in range(1, 10)]
    assert offered("%materialize daily -p 2024-03-01...2024-03-3") == ["2024-03-30", "2024-03-31"]
    assert offered("%assets group:w") == ["weather"]
    assert offered("%materialize daily --only f") == ["failed"]
    assert "--upstream" in offered("%materialize daily --")
    assert offered("%mapping daily ") == ["readings"]
    assert offered("%%asset x --partitions ")[:3] == ["days", "readings", "daily"]
    assert offered("%%asset x --partitions Dai") == ["DailyPartitionsDefinition"]
    weather.run("del daily")  # total does not fit any more
    assert offered("%explain ") == ["readings"]


def test_interrupt_ends_a_run_in_one_line_and_keeps_what_was_done(notebook: Any) -> None:
    """The kernel's stop button: canceled, no traceback, and the rest is still missing."""
    notebook.run(
        "@asset(partitions_def=days)\ndef slow(context):\n"
        "    if context.partition_key == '2024-03-04':\n        raise KeyboardInterrupt\n    return 1"
    )
    shown = notebook.fails("%materialize slow")
    assert "Canceled: 3 materialized, 28 left of 31 pieces" in shown
    assert "Traceback" not in shown
    assert counts(notebook, "slow") == {M: 3, MISSING: 28}


def test_sources_are_shown_as_made_elsewhere(notebook: Any) -> None:
    """A source is listed and explained, never missing, and there is nothing to materialize."""
    notebook.run("raw = AssetSpec('raw')", "@asset(deps=[raw])\ndef one():\n    return 1", "%materialize one")
    listing = notebook.run("%assets")
    assert [entry.remark for entry in listing.entries] == ["source", ""]
    assert "missing" not in repr(notebook.run("%lineage"))
    assert notebook.run("%explain raw").why == ("It is made elsewhere and only read here.",)
    assert "made elsewhere" in repr(notebook.run("%explain one"))
    assert "raw: made elsewhere, so there is nothing to materialize here." in notebook.fails("%materialize raw")
