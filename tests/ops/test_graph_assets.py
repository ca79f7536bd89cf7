"""Assets that graphs of ops make: wiring, inputs, configuration, what is recorded, failures, and code identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    AssetMaterialization,
    AssetOut,
    AssetsDefinition,
    DailyPartitionsDefinition,
    DynamicOut,
    DynamicOutput,
    GraphOut,
    In,
    Instance,
    InvalidDefinitionError,
    IOManager,
    Nothing,
    Out,
    Output,
    RetryPolicy,
    UnknownResourceError,
    asset,
    build_asset_context,
    graph,
    graph_asset,
    graph_multi_asset,
    materialize,
    op,
    success_hook,
)


@op
def double(number):
    return number * 2


@op
def add(left, right):
    return left + right


@op(out={"low": Out(), "high": Out()})
def ends(rows):
    return min(rows), max(rows)


@asset
def rows():
    return [3, 1, 2]


def made(*assets: Any, **options: Any) -> Any:
    """Materialize in a store of the test's own."""
    return materialize(list(assets), instance=Instance.ephemeral(), progress=False, **options)


def test_the_documents_example_stores_a_table_and_keeps_no_value(tmp_path: Any) -> None:
    """As in the reference's documents, with the two things that they leave out."""

    @op
    def fetch_files_from_slack(context) -> pd.DataFrame:
        return pd.DataFrame({"name": ["a", "b"]})

    @op
    def store_files(files) -> None:
        files.to_csv(tmp_path / "slack_files.csv")

    @graph_asset
    def slack_files_table():
        return store_files(fetch_files_from_slack())

    result = made(slack_files_table)
    assert result.success
    assert slack_files_table.key == AssetKey("slack_files_table")
    assert len(pd.read_csv(tmp_path / "slack_files.csv")) == 2
    assert result.instance.latest("slack_files_table").format is None


def test_inputs_are_assets_by_name_or_as_ins_says() -> None:
    @graph_asset(ins={"other": AssetIn("rows")}, group_name="sums", key_prefix="p", tags={"a": "b"}, kinds={"table"})
    def total(rows, other):
        """All of them."""
        return add(rows, other)

    assert (total.key, total.dependency_keys) == (AssetKey(["p", "total"]), {AssetKey("rows")})
    spec = total.get_asset_spec()
    assert (spec.description, spec.group_name, spec.kinds) == ("All of them.", "sums", {"table"})
    assert made(rows, total).asset_value(["p", "total"]) == [3, 1, 2, 3, 1, 2]


def test_what_ops_only_wait_for_need_not_be_loaded() -> None:
    @asset
    def stored_elsewhere() -> None: ...

    @op(ins={"start": In(Nothing)})
    def after():
        return "after"

    @graph_asset
    def waiting(stored_elsewhere):
        return after(start=stored_elsewhere)

    assert waiting.dependency_keys == {AssetKey("stored_elsewhere")}
    assert made(stored_elsewhere, waiting).asset_value("waiting") == "after"


def test_a_graph_asset_is_called_like_a_function() -> None:
    @op
    def told(context, number):
        return f"{number} {context.has_partition_key}"

    @graph_asset
    def quadruple(number):
        return double(double(number))

    @graph_asset
    def telling(number):
        return told(number)

    assert (quadruple(3), quadruple(number=4), telling(1)) == (12, 16, "1 False")
    assert telling(build_asset_context(), 2) == "2 False"


def test_ops_know_the_piece_that_they_make() -> None:
    days = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")

    @asset(partitions_def=days)
    def hourly(context):
        return context.partition_key

    @op
    def told(context, hourly):
        key = context.asset_partition_key_for_input("hourly")
        return [hourly, key, context.partition_key, str(context.asset_key), context.partition_time_window.start.day]

    @graph_asset(partitions_def=days)
    def daily(hourly):
        return told(hourly)

    assert made(hourly, daily, partition_key="2024-01-02").asset_value("daily", "2024-01-02") == [
        "2024-01-02",
        "2024-01-02",
        "2024-01-02",
        "daily",
        2,
    ]


def test_metadata_and_events_of_ops_are_recorded() -> None:
    @op
    def measured(context):
        context.add_output_metadata({"rows": 3})
        yield AssetMaterialization("beside", metadata={"rows": 4})
        yield Output(1, metadata={"columns": 2})

    @graph_asset
    def table():
        return measured()

    store = made(table).instance
    assert {name: value.value for name, value in store.latest("table").metadata.items()} == {"rows": 3, "columns": 2}
    assert store.latest("beside").metadata["rows"].value == 4


def test_a_failing_op_is_named_and_what_does_not_need_it_has_run() -> None:
    ran = []

    @op
    def fails():
        raise ValueError("no files")

    @op
    def other():
        ran.append(1)
        return 1

    @graph_asset
    def table():
        return add(fails(), other())

    result = made(table, raise_on_error=False)
    (failure,) = result.failures
    assert (type(failure.error), str(failure.error), ran) == (ValueError, "no files", [1])
    assert "in the op 'fails' of 'table'" in failure.traceback
    assert "graph_runs" not in failure.traceback


def test_an_op_is_tried_again_without_the_others() -> None:
    tries: list[str] = []

    @op
    def first():
        tries.append("first")
        return 1

    @op(retry_policy=RetryPolicy(max_retries=2))
    def flaky(number):
        tries.append("flaky")
        if len(tries) < 3:
            raise ValueError("not yet")
        return number

    @graph_asset
    def table():
        return flaky(first())

    assert made(table).asset_value("table") == 1
    assert tries == ["first", "flaky", "flaky"]


def test_an_optional_output_that_does_not_come_makes_nothing_and_skips_what_needs_it() -> None:
    @op(out=Out(is_required=False))
    def maybe():
        yield from ()

    @graph_asset
    def table():
        return double(maybe())

    @asset
    def below(table): ...

    result = made(table, below)
    assert result.success
    assert result.instance.latest("table").kind == "empty"
    assert [str(skip.key) for skip in result.skips] == ["below"]


def test_dynamic_outputs_are_collected_to_one_value() -> None:
    @op(out=DynamicOut())
    def each_of(rows):
        for row in rows:
            yield DynamicOutput(row, mapping_key=f"r{row}")

    @op
    def total(items):
        return sum(items)

    @graph_asset
    def doubled(rows):
        return total(each_of(rows).map(double).collect())

    assert made(rows, doubled).asset_value("doubled") == 12
    with pytest.raises(InvalidDefinitionError, match="one value of its asset"):

        @graph_asset
        def wrong(rows):
            return each_of(rows)


def test_configuration_comes_from_the_definition_or_the_run() -> None:
    @op(config_schema={"times": int})
    def repeated(context, rows):
        return rows * context.op_config["times"]

    @graph_asset(config={"repeated": {"config": {"times": 2}}})
    def often(rows):
        return repeated(rows)

    assert len(made(rows, often).asset_value("often")) == 6
    config = {"ops": {"often": {"ops": {"repeated": {"config": {"times": 3}}}}}}
    assert len(made(rows, often, run_config=config).asset_value("often")) == 9


def test_resources_of_ops_are_required_before_anything_runs() -> None:
    @op(required_resource_keys={"database"})
    def reads(context):
        return context.resources.database

    @graph_asset
    def table():
        return reads()

    assert made(table, resources={"database": 5}).asset_value("table") == 5
    with pytest.raises(UnknownResourceError, match="database"):
        made(table)


def test_hooks_are_called_for_each_op() -> None:
    seen = []

    @success_hook
    def noted(context):
        seen.append(context.op.name)

    @graph_asset(hooks={noted})
    def quadruple(rows):
        return double(double(rows))

    made(rows, quadruple)
    assert seen == ["double", "double"]


def test_an_ops_output_names_the_io_manager() -> None:
    class Kept(IOManager):
        values: dict[str, Any] = {}  # noqa: RUF012  # of this test only

        def handle_output(self, context: Any, obj: Any) -> None:
            self.values[str(context.asset_key)] = obj

        def load_input(self, context: Any) -> Any:
            return self.values[str(context.asset_key)]

    @op(out=Out(io_manager_key="shelf"))
    def one():
        return 1

    @graph_asset
    def table():
        return one()

    assert table.io_manager_key == "shelf"
    assert made(table, resources={"shelf": Kept()}).success
    assert list(Kept.values.values()) == [1]


def test_a_graph_makes_several_assets() -> None:
    @graph_multi_asset(outs={"low": AssetOut(key_prefix="p"), "high": AssetOut()}, group_name="g")
    def both(rows):
        low, high = ends(rows)
        return {"low": double(low), "high": high}

    assert both.keys == {AssetKey(["p", "low"]), AssetKey("high")}
    result = made(rows, both)
    assert (result.asset_value(["p", "low"]), result.asset_value("high")) == (2, 3)
    assert both([5, 4]) == (8, 5)


def test_of_several_assets_only_what_is_asked_for_is_run() -> None:
    ran = []

    def noting(name: str) -> Any:
        @op(name=name)
        def noted(rows):
            ran.append(name)
            return len(rows)

        return noted

    @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, can_subset=True)
    def both(rows):
        return {"a": noting("for_a")(rows), "b": noting("for_b")(rows)}

    result = made(rows, both, selection=["rows", "b"])
    assert (result.success, ran) == (True, ["for_b"])


@graph(out={"low": GraphOut(), "high": GraphOut()})
def spread(values):
    found = ends(values)
    return {"low": found.low, "high": found.high}


@graph
def doubled(values):
    return double(values)


@pytest.mark.parametrize(
    ("make", "keys", "needs"),
    [
        (lambda: AssetsDefinition.from_op(double), ["double"], ["number"]),
        (lambda: AssetsDefinition.from_op(ends), ["high", "low"], ["rows"]),
        (lambda: AssetsDefinition.from_graph(doubled), ["doubled"], ["values"]),
        (lambda: AssetsDefinition.from_graph(doubled, key_prefix="p"), ["p/doubled"], ["values"]),
        (lambda: AssetsDefinition.from_graph(spread, key_prefix=["p", "q"]), ["p/q/high", "p/q/low"], ["values"]),
        (
            lambda: AssetsDefinition.from_graph(
                doubled,
                key_prefix="p",
                keys_by_output_name={"result": AssetKey("z")},
                keys_by_input_name={"values": AssetKey("rows")},
            ),
            ["p/z"],
            ["rows"],
        ),
    ],
)
def test_keys_of_what_is_made_from_ops_and_graphs(make: Callable[[], Any], keys: list[str], needs: list[str]) -> None:
    """The same keys as in the reference, which this table was made with."""
    definition = make()
    assert sorted(key.to_user_string() for key in definition.keys) == keys
    assert [key.to_user_string() for key in definition.dependency_keys] == needs


def test_what_is_said_by_output_reaches_its_asset() -> None:
    definition = AssetsDefinition.from_graph(
        spread,
        keys_by_input_name={"values": AssetKey("rows")},
        group_names_by_output_name={"low": "g"},
        descriptions_by_output_name={"low": "the least"},
        metadata_by_output_name={"high": {"unit": "m"}},
        tags_by_output_name={"high": {"team": "sales"}},
    )
    low, high = definition.get_asset_spec("low"), definition.get_asset_spec("high")
    assert (low.group_name, low.description, high.tags["team"]) == ("g", "the least", "sales")
    result = made(rows, definition)
    assert (result.asset_value("low"), result.asset_value("high")) == (1, 3)
    with pytest.raises(InvalidDefinitionError, match=r"keys_by_input_name names 'vales'.*Did you mean 'values'"):
        AssetsDefinition.from_graph(doubled, keys_by_input_name={"vales": AssetKey("rows")})
    with pytest.raises(InvalidDefinitionError, match="from_op takes an op"):
        AssetsDefinition.from_op(rows)


CODE = """
from notebook_assets import graph_asset, op

FACTOR = 2

def helper(number):
    return number * FACTOR

@op
def clean(number):
    return helper(number)

@op
def unused(number):
    return number

@graph_asset
def table(number):
    return clean(number)
"""


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("return helper(number)", "return helper(number) + 1", True),
        ("return number * FACTOR", "return number + FACTOR", True),
        ("FACTOR = 2", "FACTOR = 3", True),
        ("return clean(number)", "return clean(clean(number))", True),
        ("return clean(number)", "return clean.alias('other')(number)", True),
        ("return helper(number)", "return helper(number)  # a comment", False),
        ("def unused(number):\n    return number", "def unused(number):\n    return -number", False),
    ],
)
def test_the_code_of_every_op_counts(old: str, new: str, differs: bool, tmp_path: Any, monkeypatch: Any) -> None:
    """An op, its helpers and constants, and how they are wired; not what the graph does not name."""
    import importlib
    import sys

    monkeypatch.syspath_prepend(str(tmp_path))
    codes = []
    for number, text in enumerate((CODE, CODE.replace(old, new))):
        (tmp_path / f"drawn_graph_{number}.py").write_text(text)
        importlib.invalidate_caches()
        module = importlib.import_module(f"drawn_graph_{number}")
        codes.append(module.table.code)
        assert module.table.unknown_code == ()
        del sys.modules[f"drawn_graph_{number}"]
    assert (codes[0] != codes[1]) is differs


def test_an_op_that_is_defined_again_is_the_one_that_runs() -> None:
    """As with helpers in a notebook: what is recorded as the code is what was run."""
    module: dict[str, Any] = {"__name__": "__main__"}
    exec(CODE.replace("def table(number)", "def table(rows)").replace("clean(number)\n", "clean(rows)\n"), module)
    table, before = module["table"], module["table"].code
    assert table([1]) == [1, 1]
    exec("@op\ndef clean(number):\n    return number * 3", module)
    assert (table([1]), table.code != before) == ([1, 1, 1], True)


def test_a_graph_asset_lives_in_a_notebook(shell: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found in a cell, made by name, explained, and stale when one of its ops is changed."""
    monkeypatch.chdir(tmp_path)
    shell.run_cell("%load_ext notebook_assets").raise_error()
    shell.run_cell("from notebook_assets import graph_asset, op, materialize, explain").raise_error()
    shell.run_cell("@op\ndef one():\n    return 1").raise_error()
    shell.run_cell("@graph_asset\ndef table():\n    return one()").raise_error()
    shell.run_cell("result = materialize('table', progress=False)").raise_error()
    assert shell.user_ns["result"].asset_value("table") == 1
    shell.run_cell("@op\ndef one():\n    return 2").raise_error()
    shell.run_cell("why = explain('table')").raise_error()
    assert "stale" in str(shell.user_ns["why"])
    shell.run_cell("result = materialize('table', progress=False)").raise_error()
    assert shell.user_ns["result"].asset_value("table") == 2
