"""What definitions answer of their assets, beside the reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")


def definitions(dg: Any) -> list[Any]:
    """Return an asset that says much of itself, and a function of two that say little."""

    @dg.asset(
        code_version="3",
        owners=["team:air"],
        tags={"a": "b"},
        description="Rows.",
        group_name="raw",
        deps=["up", ["warehouse", "rows"]],
    )
    def full(upstream): ...  # type: ignore[no-untyped-def]

    @dg.multi_asset(specs=[dg.AssetSpec("x", code_version="1"), dg.AssetSpec("y", deps=["x", "z"])])
    def two(): ...  # type: ignore[no-untyped-def]

    return [full, two]


@pytest.mark.parametrize(
    "question",
    [
        "automation_conditions_by_key",
        "can_subset",
        "code_versions_by_key",
        "descriptions_by_key",
        "group_names_by_key",
        "input_names",
        "is_executable",
        "is_external",
        "is_materializable",
        "is_observable",
        "keys_by_input_name",
        "keys_by_output_name",
        "owners_by_key",
        "tags_by_key",
    ],
)
def test_definitions_answer_as_in_the_reference(question: str) -> None:
    def answers(dg: Any) -> list[Any]:
        return [plain(getattr(each, question)) for each in definitions(dg)]

    assert answers(notebook_assets) == answers(dagster)


def plain(answer: Any) -> Any:
    """Return an answer with keys as text."""
    if hasattr(answer, "items"):
        return {str(plain(key)): plain(value) for key, value in answer.items()}
    if hasattr(answer, "to_user_string"):
        return answer.to_user_string()
    return list(answer) if isinstance(answer, Iterable) and not isinstance(answer, str) else answer


def test_a_context_knows_what_only_deps_name_by_the_parts_of_its_key() -> None:
    def told(dg: Any, where: dict[str, Any]) -> list[str]:
        days = dg.StaticPartitionsDefinition(["x", "y"])
        seen: list[str] = []

        @dg.asset(partitions_def=days, key_prefix=["warehouse", "raw"])
        def rows(): ...  # type: ignore[no-untyped-def]

        @dg.asset(partitions_def=days, deps=[rows])
        def after(context):  # type: ignore[no-untyped-def]
            seen.extend(context.asset_partition_keys_for_input("warehouse_raw_rows"))

        dg.materialize([rows, after], partition_key="y", **where)
        return seen

    store = notebook_assets.Instance.ephemeral()
    assert told(notebook_assets, {"instance": store, "progress": False}) == told(dagster, {}) == ["y"]
