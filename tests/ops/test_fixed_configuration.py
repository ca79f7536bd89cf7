"""A configuration that is written into a definition is part of what the asset does."""

from collections.abc import Callable

import pytest

from notebook_assets import (
    AssetsDefinition,
    Config,
    ConfigMapping,
    Field,
    In,
    config_mapping,
    graph,
    graph_asset,
    op,
)


def made(rows: int = 1, most: int = 1, *, is_nested: bool = False) -> AssetsDefinition:
    """An asset of a graph with one op that is configured, and a default for another."""

    @op(config_schema={"rows": int})
    def read(context) -> int:  # type: ignore[no-untyped-def]
        return int(context.op_config["rows"])

    @op(config_schema={"most": int})
    def cut(context, rows: int) -> int:  # type: ignore[no-untyped-def]
        return min(rows, context.op_config["most"])

    given = read.configured({"rows": rows}, name="given")

    @graph
    def inner():  # type: ignore[no-untyped-def]
        return given()

    @graph_asset(config={"cut": {"config": {"most": most}}})
    def total():  # type: ignore[no-untyped-def]
        return cut(inner() if is_nested else given())

    return total


@pytest.mark.parametrize("is_nested", [False, True])
def test_another_fixed_configuration_is_other_code(is_nested: bool) -> None:
    code = [
        each.fingerprint().digest
        for each in (
            made(is_nested=is_nested),
            made(is_nested=is_nested),
            made(rows=2, is_nested=is_nested),
            made(most=2, is_nested=is_nested),
        )
    ]
    assert code[0] == code[1]
    assert len(set(code)) == 3


def of_op(**options):  # type: ignore[no-untyped-def]
    """Make an asset of a graph of one op, of a function that is the same each time."""

    def used(context, rows=0):  # type: ignore[no-untyped-def]
        return rows

    made = op(name="used", **options)(used)

    @graph_asset
    def total():  # type: ignore[no-untyped-def]
        return made()

    return total


def of_class(number: int) -> AssetsDefinition:
    class Limits(Config):
        least: int = number

    @op
    def used(config: Limits) -> int:
        return config.least

    @graph_asset
    def total():  # type: ignore[no-untyped-def]
        return used()

    return total


def of_mapping(mapping: ConfigMapping) -> AssetsDefinition:
    @op(config_schema={"rows": int})
    def used(context) -> int:  # type: ignore[no-untyped-def]
        return int(context.op_config["rows"])

    @graph(config=mapping)
    def inner():  # type: ignore[no-untyped-def]
        return used()

    @graph_asset
    def total():  # type: ignore[no-untyped-def]
        return inner()

    return total


def by_default(days: int) -> AssetsDefinition:
    @config_mapping(config_schema={"days": Field(int, default_value=days)})
    def by_days(config):  # type: ignore[no-untyped-def]
        return {"used": {"config": {"rows": config["days"]}}}

    return of_mapping(by_days)


def by_body(factor: int) -> AssetsDefinition:
    def by_days(days):  # type: ignore[no-untyped-def]
        return {"used": {"config": {"rows": factor * days}}}

    return of_mapping(ConfigMapping(by_days, int))


def by_two_steps(number: int, least: int) -> AssetsDefinition:
    """What is configured twice: by a function, which is given a configuration."""

    @op(config_schema={"rows": int})
    def used(context) -> int:  # type: ignore[no-untyped-def]
        return int(context.op_config["rows"])

    def at_least(rows):  # type: ignore[no-untyped-def]
        return {"rows": max(rows, least)}

    fixed = used.configured(at_least, name="halfway", config_schema=int).configured(number, name="fixed")

    @graph_asset
    def total():  # type: ignore[no-untyped-def]
        return fixed()

    return total


@pytest.mark.parametrize(
    "asset_of",
    [
        lambda number: of_op(config_schema={"rows": Field(int, default_value=number)}),
        lambda number: of_op(config_schema=Field(int, default_value=number)),
        lambda number: of_op(ins={"rows": In(default_value=number)}),
        of_class,
        by_default,
        by_body,
        lambda number: by_two_steps(number, least=1),
        lambda number: by_two_steps(1, least=number),
    ],
    ids=[
        "schema",
        "value",
        "input",
        "class",
        "mapping's schema",
        "mapping's function",
        "of two: given",
        "of two: function",
    ],
)
def test_another_default_is_other_code(asset_of: Callable[[int], AssetsDefinition]) -> None:
    one, same, other = (asset_of(number).fingerprint() for number in (5, 5, 7))
    assert one.digest == same.digest
    assert one.digest != other.digest
    assert not one.unknown


def test_defaults_that_stand_in_the_function_count_once() -> None:
    """Of an op without configuration nothing is written down beside its code."""
    assert "config_schema" not in of_op().fingerprint().parts
