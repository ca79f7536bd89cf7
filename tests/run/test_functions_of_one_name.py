"""An asset and a check that a run's configuration calls the same: neither may get what is meant for the other."""

from typing import Any

import pytest

from notebook_assets import AssetCheckResult, Instance, InvalidConfigError, asset, asset_check, materialize


def an_asset_and_a_check(schema: Any) -> list[Any]:
    @asset
    def a() -> int:
        return 1

    @asset
    def a_b() -> int:
        return 2

    @asset_check(asset=a, config_schema=schema)
    def b(context) -> AssetCheckResult:  # type: ignore[no-untyped-def]
        return AssetCheckResult(passed=True)

    return [a, a_b, b]


def test_they_are_refused_where_one_is_configured() -> None:
    with pytest.raises(InvalidConfigError, match="Two functions are called 'a_b'"):
        materialize(an_asset_and_a_check({"most": int}), instance=Instance.ephemeral(), progress=False)


def test_they_are_no_trouble_where_neither_is() -> None:
    result = materialize(an_asset_and_a_check(None), instance=Instance.ephemeral(), progress=False)
    assert result.success
    assert result.asset_value("a_b") == 2
