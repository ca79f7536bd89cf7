"""Why a piece is stale, missing, empty or failed."""

from notebook_assets.diagnosis.code_diffs import CodeChanges
from notebook_assets.diagnosis.digest import inputs_digest
from notebook_assets.diagnosis.explain import explain_asset, explain_piece
from notebook_assets.diagnosis.explanation import Explanation, Need
from notebook_assets.diagnosis.impact_shown import Impact, ImpactedAsset
from notebook_assets.diagnosis.placing import data_version_of
from notebook_assets.diagnosis.read_subsets import key_sums, read_subset, read_subsets
from notebook_assets.diagnosis.staleness import Cause, CauseKind
from notebook_assets.diagnosis.status import (
    CODE_OF,
    STATES,
    AssetStatus,
    input_links,
    keys_of,
    statuses,
)
from notebook_assets.diagnosis.typed import quote, quoted, typed_selection

__all__ = [
    "CODE_OF",
    "STATES",
    "AssetStatus",
    "Cause",
    "CauseKind",
    "CodeChanges",
    "Explanation",
    "Impact",
    "ImpactedAsset",
    "Need",
    "data_version_of",
    "explain_asset",
    "explain_piece",
    "input_links",
    "inputs_digest",
    "keys_of",
    "quote",
    "quoted",
    "key_sums",
    "read_subset",
    "read_subsets",
    "statuses",
    "typed_selection",
]
