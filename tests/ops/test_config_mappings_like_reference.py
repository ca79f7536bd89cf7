"""Configuration of graphs, jobs, assets and configured ops, beside the reference: what ops get, what is refused."""

# No postponed annotations: the reference looks up those of the functions below by name, outside of them.

from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets

Things = dict[str, Any]


pytestmark = pytest.mark.usefixtures("quiet_reference")


def things(dg: ModuleType) -> Things:
    """Return graphs, jobs, ops and assets that are configured in all ways, by name."""

    class Rows(dg.Config):
        rows: int = 4

    @dg.op(config_schema={"rows": int})
    def read(context):
        return context.op_config["rows"]

    @dg.op
    def classed(config: Rows):
        return config.rows

    @dg.config_mapping(config_schema={"days": int})
    def by_days(config):
        return {"read": {"config": {"rows": config["days"] * 24}}}

    @dg.config_mapping
    def by_class(config: Rows):
        return {"read": {"config": {"rows": config.rows}}}

    def wrong(config):
        return {"read": {"config": {"rows": "wrong"}}}

    def failing(config):
        raise ValueError("failing")

    def of_job(config):
        return {"ops": {"read": {"config": {"rows": config["days"] * 24}}}}

    def graph_of(op: Any, name: str, config: Any = None) -> Any:
        return dg.graph(name=name, config=config)(lambda: op())

    def job_of(node: Any, name: str, config: Any = None) -> Any:
        return dg.job(name=name, config=config)(lambda: [node(), None][1])

    days = {"days": int}
    hours = graph_of(read, "hours", by_days)
    found = {
        "a graph": graph_of(read, "plain"),
        "a mapped graph": hours,
        "a graph mapped by a class": graph_of(read, "by_class", by_class),
        "a graph with defaults": graph_of(read, "defaults", {"read": {"config": {"rows": 3}}}),
        "a graph with wrong defaults": graph_of(read, "wrong_defaults", {"read": {"config": {"rows": "x"}}}),
        "a graph mapped wrongly": graph_of(read, "wrong", dg.ConfigMapping(wrong, days)),
        "a graph whose mapping fails": graph_of(read, "failing", dg.ConfigMapping(failing, days)),
        "a configured graph": hours.configured({"days": 2}, name="two_days"),
        "a graph configured by a function": hours.configured(lambda weeks: {"days": weeks * 7}, "weeks", int),
        "an op": read,
        "an op with a class": classed,
        "a configured op": read.configured({"rows": 5}, name="five"),
        "a configured op with a class": classed.configured({"rows": 6}, name="six"),
        "a wrongly configured op": read.configured({"rows": "x"}, name="wrongly"),
        "an op configured by a function": read.configured(
            lambda config: {"rows": config["days"] * 24}, name="by_function", config_schema=days
        ),
    }
    jobs = {name: job_of(node, "around") for name, node in found.items()}
    jobs["a job with a mapping"] = job_of(read, "mapped", dg.ConfigMapping(of_job, days))
    jobs["a job with a configuration"] = job_of(read, "fixed", {"ops": {"read": {"config": {"rows": 8}}}})
    jobs["a job with a RunConfig"] = job_of(classed, "fixed", dg.RunConfig(ops={"classed": Rows(rows=9)}))
    return jobs


# What is run, and what of its configuration; NODE stands for the name of the one node of the job.
CASES: list[tuple[str, Any]] = [
    ("a graph", {"ops": {"NODE": {"ops": {"read": {"config": {"rows": 1}}}}}}),
    ("a graph", {"ops": {"NODE": {"ops": {"read": {"config": {"rows": "x"}}}}}}),
    ("a graph", {"ops": {"NODE": {"ops": {"reed": {"config": {"rows": 1}}}}}}),
    ("a graph", {"ops": {"NODE": {"config": {"rows": 1}}}}),
    ("a graph", {"ops": {"NODE": {}}}),
    ("a graph", None),
    ("a mapped graph", {"ops": {"NODE": {"config": {"days": 1}}}}),
    ("a mapped graph", {"ops": {"NODE": {"config": {"days": "x"}}}}),
    ("a mapped graph", {"ops": {"NODE": {"config": {"day": 1}}}}),
    ("a mapped graph", {"ops": {"NODE": {"ops": {"read": {"config": {"rows": 1}}}}}}),
    ("a mapped graph", None),
    ("a graph mapped by a class", {"ops": {"NODE": {"config": {"rows": 2}}}}),
    ("a graph mapped by a class", {"ops": {"NODE": {}}}),
    ("a graph mapped by a class", None),
    ("a graph with defaults", None),
    ("a graph with wrong defaults", None),
    ("a graph mapped wrongly", {"ops": {"NODE": {"config": {"days": 1}}}}),
    ("a graph whose mapping fails", {"ops": {"NODE": {"config": {"days": 1}}}}),
    ("a configured graph", None),
    ("a graph configured by a function", {"ops": {"NODE": {"config": 1}}}),
    ("a graph configured by a function", {"ops": {"NODE": {"config": "x"}}}),
    ("a graph configured by a function", None),
    ("an op", {"ops": {"NODE": {"config": {"rows": 1}}}}),
    ("an op", {"ops": {"NODE": {"config": {"rows": 1}, "confg": 1}}}),
    ("an op", {"ops": {"NODE": {"config": {"rows": 1}}, "other": {}}}),
    ("an op", {"opps": {}, "ops": {"NODE": {"config": {"rows": 1}}}}),
    ("an op", {"ops": {"NODE": {"config": {"rows": 1}, "inputs": {"zz": 1}}}}),
    ("an op", {}),
    ("an op with a class", None),
    ("an op with a class", {"ops": {"NODE": {"config": {"rows": "x"}}}}),
    ("a configured op", None),
    ("a configured op", {"ops": {"NODE": {"config": {"rows": 1}}}}),
    ("a configured op with a class", None),
    ("a wrongly configured op", None),
    ("an op configured by a function", {"ops": {"NODE": {"config": {"days": 1}}}}),
    ("an op configured by a function", {"ops": {"NODE": {"config": {"days": "x"}}}}),
    ("an op configured by a function", None),
    ("a job with a mapping", {"days": 1}),
    ("a job with a mapping", {"days": "x"}),
    ("a job with a mapping", {"ops": {"read": {"config": {"rows": 1}}}}),
    ("a job with a mapping", None),
    ("a job with a configuration", None),
    ("a job with a configuration", {}),
    ("a job with a configuration", {"ops": {"read": {"config": {"rows": 1}}}}),
    ("a job with a RunConfig", None),
]


def outcome(dg: ModuleType, case: str, run_config: Any) -> Any:
    """Return what the one op gave, or that it was refused."""
    made = things(dg)[case]
    (node,) = made.graph.nodes.values() if dg is notebook_assets else made.graph.nodes
    inner = getattr(node.definition, "nodes", None)
    path = node.name if inner is None else f"{node.name}.read"
    config = run_config
    if config and "NODE" in config.get("ops", {}):
        config = {**config, "ops": {node.name if key == "NODE" else key: each for key, each in config["ops"].items()}}
    try:
        return made.execute_in_process(run_config=config).output_for_node(path)
    except Exception:
        return "refused"


@pytest.mark.parametrize(("case", "run_config"), CASES)
def test_configuration_reaches_ops_or_is_refused_like_in_the_reference(case: str, run_config: Any) -> None:
    assert outcome(notebook_assets, case, run_config) == outcome(dagster, case, run_config)
