"""Keep of what parts the code is that a run is about to run, so that a later change can be shown."""

from __future__ import annotations

from collections.abc import Iterable

from notebook_assets.assets import AssetsDefinition
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance
from notebook_assets.store.code_versions import KeptCode


def keep_codes(instance: Instance, made: Iterable[tuple[AssetKey, str, AssetsDefinition]]) -> None:
    """Keep the codes that the store does not have yet; where it has all of them, that is next to no work.

    Args:
        instance: The store.
        made: The assets of a run: key, code and definition of each.
    """
    fresh = [(key, code, definition) for key, code, definition in made if not instance.codes.is_kept(key, code)]
    instance.codes.keep((key, _kept(key, code, definition)) for key, code, definition in fresh)


def _kept(key: AssetKey, code: str, definition: AssetsDefinition) -> KeptCode:
    found = definition.fingerprint()
    return KeptCode(code, found.parts, found.sources(), definition.get_asset_spec(key).code_version)
