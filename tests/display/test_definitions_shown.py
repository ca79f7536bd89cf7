"""What is defined shows itself in a notebook, and ``describe`` says the same as text: complete, escaped, no secrets."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter
from pydantic import Field as Described

import notebook_assets as dg

HOSTILE = "<script>alert('x')</script>"


class Report(dg.Config):
    """What a report holds."""

    title: str = Described(description="Stands above it.")
    rows: int = 10


class Service(dg.ConfigurableResource[Any]):
    """Where flights are asked for."""

    url: str
    password: str = "hunter2"


@dg.asset(
    group_name="flights",
    deps=["raw"],
    description=f"One row a day. {HOSTILE}",
    partitions_def=dg.StaticPartitionsDefinition(["EWR", "JFK"]),
    metadata={"source": dg.MetadataValue.md(f"*here* {HOSTILE}")},
    tags={"speed": "slow"},
    owners=["ann@example.org"],
    kinds={"parquet"},
    code_version="3",
    output_required=False,
    required_resource_keys={"service"},
    retry_policy=dg.RetryPolicy(max_retries=2),
    check_specs=[dg.AssetCheckSpec("has_rows", asset="daily", blocking=True)],
)
def daily(config: Report) -> None: ...


@dg.multi_asset(
    outs={"big": dg.AssetOut(description="Large ones."), "small": dg.AssetOut(is_required=False, key_prefix="cut")},
    can_subset=True,
)
def by_size(daily: object) -> None: ...


@dg.asset_check(asset="daily", blocking=True, description="No row is empty.", additional_deps=["raw"])
def no_nulls() -> None: ...


@dg.multi_asset_check(specs=[dg.AssetCheckSpec("a", asset="big"), dg.AssetCheckSpec("b", asset="big", blocking=True)])
def sizes() -> None: ...


@dg.op(out={"even": dg.Out(is_required=False), "odd": dg.Out(is_required=False)})
def parity(number: int) -> Any: ...


@dg.op
def number(config: Report) -> int:
    return config.rows


@dg.op
def added(context: dg.OpExecutionContext, numbers: Any) -> Any:
    raise ValueError(HOSTILE)


@dg.job(description="Adds.")
def adding() -> None:
    even, odd = parity(number())
    added([even, odd])


@dg.graph
def doubled(first: Any) -> Any:
    return added([first, number.alias("second")()])


@dg.resource(config_schema={"path": str}, description="A connection.")
def connection(context: dg.InitResourceContext) -> None: ...


DEFINITIONS = dg.Definitions(
    [daily, by_size, dg.SourceAsset("raw", description="Made elsewhere."), dg.AssetSpec("other", deps=["big"])],
    asset_checks=[no_nulls, sizes],
    jobs=[dg.define_asset_job("nightly", selection="big or key:cut/small", tags={"team": "air"}), adding],
    resources={"service": Service(url="example.org")},
)


@dg.repository(name="air", description="All of it.")
def repository_of_air() -> list[Any]:
    return [dg.AssetSpec("other")]


SHOWN = {
    "asset": (daily, ["daily", "group flights", "static, 2 partitions", "raw", "may be left out", "Report", "service"]),
    "what is said of it": (daily, ["speed=slow", "ann@example.org", "parquet", "code version", "has_rows (blocking)"]),
    "several assets": (by_size, ["makes 2 assets", "cut/small (may be left out)", "Large ones.", "or some"]),
    "spec": (dg.AssetSpec("other", deps=["big"]), ["other  ·  spec of an asset in group default", "made from  big"]),
    "source": (dg.SourceAsset("raw", description="Made elsewhere."), ["raw  ·  source asset", "Made elsewhere."]),
    "check": (no_nulls, ["daily:no_nulls  ·  blocking check", "No row is empty.", "looks at besides  raw"]),
    "several checks": (sizes, ["sizes  ·  carries out 2 checks", "a", "big", "yes"]),
    "spec of a check": (dg.AssetCheckSpec("rows", asset="daily"), ["daily:rows  ·  spec of a check"]),
    "op": (parity, ["parity  ·  op", "inputs   number", "outputs  even, odd"]),
    "graph": (
        doubled,
        [
            "doubled  ·  graph of 2 nodes",
            "second",
            "op number",
            "numbers from the input first and second",
            "from added",
        ],
    ),
    "job of ops": (adding, ["adding  ·  job of 3 nodes", "Adds.", "numbers from parity.even and parity.odd"]),
    "job over assets": (
        DEFINITIONS.jobs[0],
        ["nightly", 'key:"big" or key:"cut/small"', "team=air", "resolve_job_def"],
    ),
    "resolved job": (DEFINITIONS.resolve_job_def("nightly"), ["nightly  ·  job over 2 assets", "big, cut/small"]),
    "definitions": (DEFINITIONS, ["5 assets, 2 of them made elsewhere, 2 jobs", "nightly, adding", "static, 2 parti"]),
    "repository": (repository_of_air, ["air  ·  repository of 1 asset", "All of it.", "made elsewhere"]),
    "function of a resource": (connection, ["connection  ·  resource", "A connection.", "{path: String}"]),
    "resource": (Service(url="example.org"), ["Service  ·  resource", "Where flights are", "example.org", "••••••"]),
    "variable": (Service(url=dg.EnvVar("HOME")), ["EnvVar('HOME')"]),
    "configuration": (Report(title="Air"), ["Report  ·  configuration", "Air", "Stands above it.", "10"]),
    "run config": (
        dg.RunConfig({"daily": Report(title="Air")}, {"service": {"config": {"a": {"token": "xyz"}}}}),
        ["RunConfig", "ops: daily", "title", "Air", "resources: service", "a.token", "••••••"],
    ),
    "selection": (dg.AssetSelection.groups("air").upstream(), ['+group:"air"']),
    "check passed": (dg.AssetCheckResult(passed=True, metadata={"rows": 3}), ["Passed", "rows  3"]),
    "check warns": (
        dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN, check_name="rows", description="Few."),
        ["rows warns: Few."],
    ),
    "result": (
        dg.MaterializeResult(metadata={"rows": 3}, check_results=[dg.AssetCheckResult(passed=False, check_name="a")]),
        ["MaterializeResult", "rows  3", "a failed"],
    ),
    "output": (dg.Output([1, 2], metadata={"rows": 2}), ["value  [1, 2]", "rows  2"]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_defined_says_what_a_person_asks_first(name: str) -> None:
    """The text form has it all, and so has the notebook form."""
    thing, words = SHOWN[name]
    said = repr(dg.describe(thing))
    assert [word for word in words if word not in said] == []
    html = thing._repr_html_()
    assert html.startswith('<div class="nba-root">')
    assert "<script" not in html.removeprefix('<div class="nba-root">')


@pytest.mark.parametrize("name", SHOWN)
def test_secrets_are_not_shown(name: str) -> None:
    """Nothing that a notebook keeps holds what a field called password or token holds."""
    thing, _ = SHOWN[name]
    kept, _ = DisplayFormatter().format(thing)
    assert {"text/plain", "text/html"} <= kept.keys()
    forms = f"{dg.describe(thing)}{kept}"
    assert "hunter2" not in forms
    assert "xyz" not in forms


def test_what_came_of_a_job_is_shown_step_by_step() -> None:
    """Each step with its state; the error of the one that failed, escaped."""
    config = dg.RunConfig({"number": Report(title="Air")})
    result = adding.execute_in_process(config, raise_on_error=False)
    assert "parity" in repr(dg.describe(result))
    assert "number  ● success" in repr(dg.describe(result))
    assert "<script>" not in result._repr_html_()


def test_describe_refuses_what_is_not_defined() -> None:
    """The error names what it takes."""
    with pytest.raises(dg.InvalidDefinitionError, match=r"describe\(\) takes what is defined: .* got int\."):
        dg.describe(3)
    with pytest.raises(dg.InvalidDefinitionError, match=r"got type\."):
        dg.describe(type("Plain", (), {}))


@pytest.mark.parametrize("value", [dg.MetadataValue.md(f"# {HOSTILE}"), dg.MetadataValue.json({"a": HOSTILE})])
def test_metadata_shows_itself(value: dg.MetadataValue) -> None:
    """A value at the end of a cell is shown as its kind is."""
    assert "&lt;script&gt;" in value._repr_html_()
    assert "<script" not in value._repr_html_()


def test_definitions_say_what_is_not_there() -> None:
    """An asset whose upstream is unknown is told of below the others."""
    lost = dg.asset(name="lost")(lambda dayly: None)
    said = repr(dg.describe(dg.Definitions([daily, lost])))
    assert "lost takes the input 'dayly', but there is no asset 'dayly'. Did you mean 'daily'?" in said


def test_jobs_are_written_in_a_line() -> None:
    """A terminal shows what a job is over, not all of its fields."""
    assert repr(DEFINITIONS.jobs[0]) == '<job nightly over key:"big" or key:"cut/small">'
    assert repr(DEFINITIONS.resolve_job_def("nightly")) == "<job nightly of big, cut/small>"
