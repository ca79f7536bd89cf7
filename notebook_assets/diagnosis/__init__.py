"""Why a piece is stale, missing, empty or failed."""

from notebook_assets.diagnosis.digest import inputs_digest
from notebook_assets.diagnosis.explain import Explanation, explain_asset, explain_piece
from notebook_assets.diagnosis.staleness import Cause, CauseKind
from notebook_assets.diagnosis.status import CODE_OF, STATES, AssetStatus, data_version_of, keys_of, statuses

__all__ = [
    "CODE_OF",
    "STATES",
    "AssetStatus",
    "Cause",
    "CauseKind",
    "Explanation",
    "data_version_of",
    "explain_asset",
    "explain_piece",
    "inputs_digest",
    "keys_of",
    "statuses",
]
