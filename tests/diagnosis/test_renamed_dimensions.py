"""A renamed dimension may turn the parts of a key around: what was made before is stale, not taken for another."""

from __future__ import annotations

import pytest

from notebook_assets import (
    AssetsDefinition,
    Definitions,
    Instance,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    asset,
    definition_changes,
    explain,
    materialize,
)

AIRPORTS = StaticPartitionsDefinition(["EWR", "JFK"])


def routes(*names: str) -> MultiPartitionsDefinition:
    return MultiPartitionsDefinition(dict.fromkeys(names, AIRPORTS))


def flights(definition: MultiPartitionsDefinition) -> AssetsDefinition:
    @asset(partitions_def=definition)
    def flights(context) -> str:
        return str(context.partition_key)

    return flights


@pytest.mark.parametrize(
    ("names", "state"), [(("from", "to"), "materialized"), (("to", "from"), "materialized"), (("to", "start"), "stale")]
)
def test_pieces_of_a_renamed_dimension_are_stale(names, state):
    store = Instance.ephemeral()
    materialize([flights(routes("from", "to"))], partition_key="EWR|JFK", instance=store)
    found = explain("flights", "EWR|JFK", instance=store, definitions=Definitions([flights(routes(*names))]))
    assert f" {state}" in str(found)


def test_keys_of_a_renamed_dimension_mean_something_else():
    changes = definition_changes(routes("from", "to"), routes("to", "via"))
    assert (len(changes.kept), changes.same_meaning) == (4, False)
    assert definition_changes(routes("from", "to"), routes("to", "from")).same_meaning
