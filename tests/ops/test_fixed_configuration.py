"""A configuration that is written into a definition is part of what the asset does."""

import pytest

from notebook_assets import AssetsDefinition, graph, graph_asset, op


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
