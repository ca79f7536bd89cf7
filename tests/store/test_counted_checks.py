"""How many checks ended how is counted as if each latest result were looked at."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import AssetKey, Instance
from notebook_assets.store.checks_table import CheckFinding

FINDINGS = st.builds(
    CheckFinding,
    name=st.sampled_from(["rows", "columns"]),
    passed=st.booleans(),
    severity=st.sampled_from(["ERROR", "WARN"]),
    error=st.sampled_from([None, "ValueError: off"]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), FINDINGS), max_size=12))
def test_counts_are_those_of_the_latest_results(found: list[tuple[str, CheckFinding]]) -> None:
    with Instance.ephemeral() as store:
        run = store.begin_run(selection="daily", planned=1)
        for partition, finding in found:
            store.record_checks("daily", partition or None, run_id=run, findings=[finding])
        expected = Counter((each.name, each.outcome) for each in store.latest_checks("daily"))
        assert store.status_tables.check_counts(AssetKey("daily")) == dict(expected)
