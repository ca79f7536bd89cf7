"""Configuration of graphs, jobs and assets by a mapping; configured ops and graphs: values, and what errors name."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import AssetOut as Asset
from notebook_assets import (
    Config,
    ConfigMapping,
    Field,
    In,
    InvalidConfigError,
    InvalidDefinitionError,
    Nothing,
    RunConfig,
    StaticPartitionsDefinition,
    config_mapping,
    configured,
    graph,
    graph_asset,
    graph_multi_asset,
    job,
    materialize_to_memory,
    op,
    static_partitioned_config,
    validate_run_config,
)

ran: list[str] = []


class Days(Config):
    days: int = 2


@op(config_schema={"rows": int})
def read(context):
    ran.append("read")
    return context.op_config["rows"]


@op
def before():
    ran.append("before")
    return 0


@op(ins={"start": In(Nothing)}, config_schema={"rows": int})
def read_after(context):
    return context.op_config["rows"]


@config_mapping(config_schema={"days": int})
def by_days(config):
    return {"read": {"config": {"rows": config["days"] * 24}}}


@config_mapping
def by_class(config: Days):
    return {"read": {"config": {"rows": config.days * 24}}}


@graph(config=by_days)
def hours():
    return read()


@graph(config=by_class)
def hours_by_class():
    return read()


@graph(config={"read": {"config": {"rows": 5}}})
def five():
    return read()


@graph
def plain():
    return read()


@graph(config=ConfigMapping(lambda days: {"hours": {"config": {"days": days}}}, int))
def outer():
    return hours()


def run(definition: Any, entry: Any, name: str = "") -> Any:
    """Run a graph within a job; return what its op ``read`` gave."""

    @job
    def around():
        definition()

    path = definition.name + (".hours" if definition is outer else "") + ".read"
    return around.execute_in_process(run_config={"ops": {definition.name: entry}}).output_for_node(path)


@pytest.mark.parametrize(
    ("definition", "entry", "value"),
    [
        (hours, {"config": {"days": 3}}, 72),
        (hours_by_class, {"config": {"days": 3}}, 72),
        (hours_by_class, {}, 48),
        (hours_by_class, None, 48),
        (hours_by_class, Days(days=1), 24),
        (five, {}, 5),
        (five, {"ops": {"read": {"config": {"rows": 6}}}}, 6),
        (plain, {"ops": {"read": {"config": {"rows": 7}}}}, 7),
        (outer, {"config": 2}, 48),
        (hours.configured({"days": 1}, name="a_day"), {}, 24),
        (hours.configured(lambda weeks: {"days": weeks * 7}, "weeks", int), {"config": 2}, 336),
    ],
)
def test_a_graph_is_configured_by_its_mapping_its_defaults_or_its_ops(definition: Any, entry: Any, value: int) -> None:
    assert run(definition, entry) == value


@pytest.mark.parametrize(
    ("definition", "entry", "message"),
    [
        (hours, {"config": {"days": "x"}}, r"ops\.hours\.config\.days: expected Int, got 'x'"),
        (hours, {}, r"ops\.hours\.config: it is missing; expected \{days: Int\}"),
        (hours, {"ops": {}}, r"ops\.hours: unknown field 'ops'"),
        (outer, {"config": "x"}, r"ops\.outer\.config: expected Int"),
        (plain, {"ops": {"reed": {}}}, r"ops\.plain\.ops: there is no 'reed'.*Did you mean 'read'"),
        (plain, {"config": 3}, r"ops\.plain: unknown field 'config'; there are: ops"),
        (plain, {"ops": {"read": {"confg": {}}}}, r"ops\.plain\.ops\.read: unknown field 'confg'.*'config'"),
        (plain, {"ops": {"read": {"config": {"rows": "x"}}}}, r"ops\.plain\.ops\.read\.config\.rows: expected Int"),
        (plain, {"ops": 3}, r"ops\.plain\.ops: expected a dict by node, got 3"),
        (plain, 3, r"ops\.plain: expected \{'config': \.\.\.\}, got 3"),
        (plain, {"ops": {"read": {"config": {"rows": 1}, "inputs": {"zz": 1}}}}, r"read\.inputs: there is no 'zz'"),
    ],
)
def test_a_wrong_field_is_named_by_its_path_and_nothing_runs(definition: Any, entry: Any, message: str) -> None:
    ran.clear()
    with pytest.raises(InvalidConfigError, match=message):
        run(definition, entry)
    assert ran == []


def mapped(config_fn: Any, schema: Any = None) -> Any:
    return graph(name="mapped", config=ConfigMapping(config_fn, schema))(lambda: read())


@pytest.mark.parametrize(
    ("config_fn", "message"),
    [
        (lambda config: {"read": {"config": {"rows": ""}}}, r"mapped \(by its config mapping\): read\.config\.rows"),
        (lambda config: {"reed": {}}, r"by its config mapping\): there is no 'reed'"),
        (lambda config: 3, r"its config mapping gives a dict by node; it gave 3"),
        (lambda config: 1 / 0, r"the config mapping '<lambda>' failed with ZeroDivisionError: division by zero"),
    ],
)  # fmt: skip
def test_what_a_mapping_makes_is_checked_too(config_fn: Any, message: str) -> None:
    with pytest.raises(InvalidConfigError, match=message):
        run(mapped(config_fn), {"config": 1})


def test_a_mapping_may_take_the_configuration_as_it_was_written() -> None:
    """Without defaults; with them otherwise."""
    seen: list[Any] = []
    ConfigMapping(seen.append, Days, False).resolve({}, "config")
    ConfigMapping(seen.append, Days).resolve({}, "config")
    assert (seen[0], seen[1].days) == ({}, 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConfigMapping(3), r"is a function of a configuration; got 3"),
        (lambda: ConfigMapping(lambda: 3), r"of one parameter.*has 0"),
        (lambda: config_mapping(config_schema=int)(lambda a, b: 3), r"of one parameter.*has 2"),
        (lambda: ConfigMapping(by_class.config_fn, int), r"config_schema and a parameter of a Config class"),
        (lambda: graph_asset(config=3)(lambda: read()), r"config is a dict by node.*got 3"),
        (lambda: plain.configured({"days": 1}, name="made"), r"'plain' has no config mapping"),
        (lambda: hours.configured({"days": 1}), r"give that a name"),
        (lambda: read.configured({"rows": 1}), r"give that a name"),
    ],
)
def test_mappings_that_can_not_be_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        make()


def value_of_job(config: Any, **options: Any) -> Any:
    @job(config=config, partitions_def=options.pop("partitions_def", None))
    def reading():
        read()

    return reading.execute_in_process(**options).output_for_node("read")


def rows(number: int) -> dict[str, Any]:
    return {"ops": {"read": {"config": {"rows": number}}}}


@static_partitioned_config(partition_keys=["1", "2"])
def by_partition(partition_key: str):
    return rows(int(partition_key))


@pytest.mark.parametrize(
    ("config", "options", "value"),
    [
        (rows(3), {}, 3),
        (rows(3), {"run_config": {}}, 3),
        (rows(3), {"run_config": rows(4)}, 4),
        (RunConfig(**rows(3)), {}, 3),
        (ConfigMapping(rows, int), {"run_config": 6}, 6),
        (config_mapping(lambda config: RunConfig(**rows(7))), {"run_config": {}}, 7),
        (by_partition, {"partition_key": "2", "partitions_def": StaticPartitionsDefinition(["1", "2"])}, 2),
    ],
)
def test_a_job_is_configured_by_a_dict_a_run_config_a_mapping_or_its_partition(
    config: Any, options: dict[str, Any], value: int
) -> None:
    assert value_of_job(config, **options) == value


@pytest.mark.parametrize(
    ("config", "run_config", "message"),
    [
        (ConfigMapping(rows, int), "x", r"The job 'reading': its configuration: expected Int"),
        (None, {"opps": {}}, r"unknown section 'opps'.*Did you mean 'ops'"),
        (None, {"ops": {"reed": {}}}, r"ops: there is no 'reed'.*Did you mean 'read'"),
        (rows("x"), None, r"ops\.read\.config\.rows: expected Int"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_configuration_of_a_job_is_named(config: Any, run_config: Any, message: str) -> None:
    with pytest.raises(InvalidConfigError, match=message):
        value_of_job(config, run_config=run_config)


def test_the_configuration_of_a_job_is_checked_without_a_run() -> None:
    """By itself, with defaults; ops are named by their paths."""

    @op(config_schema={"rows": Field(int, default_value=3)})
    def first(context): ...

    @job
    def around():
        first()
        plain()

    entry = {"ops": {"plain": {"ops": {"read": {"config": {"rows": 1}}}}}}
    checked = validate_run_config(around, entry)
    assert checked["ops"] == {"first": {"config": {"rows": 3}}, "plain.read": {"config": {"rows": 1}}}
    with pytest.raises(InvalidConfigError, match=r"ops\.plain\.ops\.read\.config: it is missing"):
        validate_run_config(around)


def asset_of(config: Any) -> Any:
    @graph_asset(config=config)
    def table():
        return read_after(before())

    return table


def of_table(entry: Any) -> dict[str, Any]:
    return {"ops": {"table": entry}}


@pytest.mark.parametrize(
    ("config", "run_config", "value"),
    [
        (None, of_table({"ops": {"read_after": {"config": {"rows": 1}}}}), 1),
        ({"read_after": {"config": {"rows": 2}}}, None, 2),
        ({"read_after": {"config": {"rows": 2}}}, of_table({"ops": {"read_after": {"config": {"rows": 3}}}}), 3),
        (ConfigMapping(lambda rows: {"read_after": {"config": {"rows": rows}}}, int), of_table({"config": 4}), 4),
    ],
)
def test_an_asset_made_by_a_graph_is_configured(config: Any, run_config: Any, value: int) -> None:
    assert materialize_to_memory([asset_of(config)], run_config=run_config).asset_value("table") == value


@pytest.mark.parametrize(
    ("config", "run_config", "message"),
    [
        (None, None, r"ops\.table\.ops\.read_after\.config: it is missing"),
        (None, of_table({"ops": {"reed": {}}}), r"ops\.table\.ops: there is no 'reed'"),
        ({"read_after": {"config": {"rows": "x"}}}, None, r"ops\.table\.ops\.read_after\.config\.rows: expected Int"),
        (ConfigMapping(lambda rows: {}, int), None, r"ops\.table\.config: it is missing; expected Int"),
    ],
)
def test_the_ops_of_an_asset_are_checked_before_any_of_them_runs(config: Any, run_config: Any, message: str) -> None:
    ran.clear()
    with pytest.raises(InvalidConfigError, match=message):
        materialize_to_memory([asset_of(config)], run_config=run_config)
    assert ran == []


def test_several_assets_of_a_graph_are_configured_by_one_mapping() -> None:
    mapping = ConfigMapping(lambda rows: {name: {"config": {"rows": rows}} for name in ("low", "high")}, int)

    @graph_multi_asset(outs={"low": Asset(), "high": Asset()}, config=mapping)
    def both():
        return {"low": read.alias("low")(), "high": read.alias("high")()}

    result = materialize_to_memory([both], run_config={"ops": {"both": {"config": 3}}})
    assert (result.asset_value("low"), result.asset_value("high")) == (3, 3)


@configured(read, {"days": int})
def read_days(config):
    return {"rows": config["days"] * 24}


@pytest.mark.parametrize(
    ("definition", "config", "value"),
    [
        (read.configured({"rows": 5}, name="five_rows"), None, 5),
        (read.configured({"rows": 5}, name="five_rows"), {"rows": 6}, 5),
        (read_days, {"days": 2}, 48),
        (read_days.configured({"days": 1}, name="a_day"), None, 24),
        (read_days.configured(lambda weeks: {"days": weeks * 7}, "weeks", int), 1, 168),
    ],
)
def test_an_op_is_configured_as_another_op(definition: Any, config: Any, value: int) -> None:
    @job
    def around():
        definition()

    entry = {} if config is None else {"config": config}
    result = around.execute_in_process(run_config={"ops": {definition.name: entry}})
    assert result.output_for_node(definition.name) == value


@pytest.mark.parametrize(
    ("definition", "config", "message"),
    [
        (read.configured({"rows": "x"}, name="made"), None, r"ops\.made\.config \(as the op is configured\)\.rows"),
        (read_days, {"days": "x"}, r"ops\.read_days\.config\.days: expected Int"),
        (
            read_days.configured({"days": "x"}, name="made"),
            None,
            r"what it is configured by\.days: expected Int",
        ),
    ],
)
def test_a_configuration_that_does_not_fit_the_op_is_named(definition: Any, config: Any, message: str) -> None:
    @job
    def around():
        definition()

    entry = {} if config is None else {"config": config}
    with pytest.raises(InvalidConfigError, match=message):
        around.execute_in_process(run_config={"ops": {definition.name: entry}})


def test_inputs_of_graphs_in_a_job_are_configured() -> None:
    """By the op's own name or by the graph's input, which hands it on."""

    @op
    def double(number):
        return number * 2

    @graph
    def inner(number):
        return double(number)

    @job
    def around():
        inner()

    for entry in ({"inputs": {"number": 4}}, {"ops": {"double": {"inputs": {"number": {"value": 4}}}}}):
        result = around.execute_in_process(run_config={"ops": {"inner": entry}})
        assert result.output_for_node("inner.double") == 8
