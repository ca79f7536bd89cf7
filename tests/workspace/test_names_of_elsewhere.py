"""Names of the reference that are not here say what to do instead; what can't be noticed, or given, is said too."""

from __future__ import annotations

from typing import Any

import pytest

import notebook_assets
from notebook_assets.not_here import advice_for

ADVICE = {
    "custom_path_fs_io_manager": r"FilesystemIOManager keeps pickles",
    "ScheduleDefinition": r"Automation is not here yet",
    "get_dagster_logger": r"Write context\.log",
    "DagsterError": r"All errors of this package are a NotebookAssetsError",
    "assett": r"Did you mean 'asset'",
}


@pytest.mark.parametrize(("name", "said"), ADVICE.items())
def test_a_name_that_is_not_here_says_what_to_do(name: str, said: str) -> None:
    with pytest.raises(AttributeError, match=rf"has no attribute '{name}'\. {said}.*docs/public_names\.md") as caught:
        getattr(notebook_assets, name)
    assert ("Did you mean" in str(caught.value)) == (name == "assett")


def test_nothing_is_advised_of_what_is_here() -> None:
    assert [name for name in notebook_assets.__all__ if advice_for(name)] == []


def test_a_resource_that_lacks_is_told_with_both_remedies(notebook: Any) -> None:
    """The magic has no resources to add: a Definitions in a cell has."""
    notebook.run("@asset(required_resource_keys={'db'})\ndef rows(context):\n    return context.resources.db")
    said = notebook.fails("%materialize rows")
    assert "add resources={'db': ...}, or bind here = Definitions(resources={'db': ...}) in a cell." in said
    notebook.run("here = Definitions(resources={'db': 'a database'})", "%materialize rows")
    assert "Resources are no part of the code: changes of db are not noticed." in notebook.run("%explain rows").advice


def test_a_cell_that_reads_a_resource_is_told_how(notebook: Any) -> None:
    """And can be an asset that way."""
    notebook.run("here = Definitions(resources={'db': 'a database'})")
    said = notebook.fails("%%asset rows\nlen(db)")
    assert "It is a resource: write context.resources.db." in said
    notebook.run("%%asset rows --materialize\nlen(context.resources.db)")
    assert notebook.run("load_asset_value('rows')") == 10


def test_the_place_of_an_op_in_a_graph_is_told(notebook: Any) -> None:
    """Where it is configured as if it were an asset."""
    notebook.run(
        "@op(config_schema={'by': int})\ndef scale(context):\n    return context.op_config['by']",
        "@graph_asset\ndef rates():\n    return scale()",
    )
    said = notebook.fails('%materialize rates --config {"ops": {"scale": {"config": {"by": 2}}}}')
    assert "there is no 'scale'; there are: rates. It stands in rates: ops → rates → ops → scale" in said
