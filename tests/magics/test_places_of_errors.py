"""Failed lines name the place in people's own code: of assets, checks and resources, and where the traceback is."""

from __future__ import annotations

from typing import Any

import pytest

HELPER = "def helper():\n    return {}['wind']"
RESOURCE = """
class Database(ConfigurableResource):
    def create_resource(self, context):
        return helper()

here = Definitions(resources={"database": Database()})

@asset(required_resource_keys={"database"})
def users(context):
    return 1"""


def test_a_failed_line_names_cell_line_and_function(notebook: Any) -> None:
    notebook.run(HELPER, "@asset\ndef gust():\n    return helper()")
    shown, _ = notebook.fails_after_showing("%materialize gust")
    number = notebook.shell.user_ns["helper"].__code__.co_firstlineno + 1
    for form in ("text/plain", "text/html"):
        assert "at Cell In[" in shown[0].data[form]
        assert f", line {number}, in helper" in shown[0].data[form]
        assert "%explain gust" in shown[0].data[form]


@pytest.mark.parametrize("partitioned", [False, True])
def test_a_check_that_raised_has_its_traceback_in_the_explanation(notebook: Any, partitioned: bool) -> None:
    given, key = ("partitions_def=days", "2024-03-02") if partitioned else ("", "")
    notebook.run(HELPER, f"@asset({given})\ndef gust():\n    return 1")
    notebook.run("@asset_check(asset=gust)\ndef calm(gust):\n    return helper()")
    shown, _ = notebook.fails_after_showing(f"%materialize gust {'-p' if key else ''} {key}")
    assert ", in helper; `%explain gust" in shown[0].data["text/plain"]
    for line in {"%explain gust", f"%explain gust {key}"}:
        told = repr(notebook.run(line))
        assert "Traceback of calm" in told
        assert ", in helper\n" in told


def test_a_resource_that_cannot_be_set_up_is_placed(notebook: Any) -> None:
    notebook.run(HELPER, RESOURCE)
    told = notebook.fails("%materialize users")
    assert "can't be set up: KeyError: 'wind'" in told
    assert ", line 2, in helper" in told
