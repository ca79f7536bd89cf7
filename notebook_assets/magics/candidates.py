"""What tab completion offers: the assets, groups and partition keys of the workspace."""

from __future__ import annotations

from notebook_assets.assets import AssetGraph
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.keys import AssetKey
from notebook_assets.workspace import workspace


class WorkspaceCandidates:
    """Offers what the notebook defines and what its store knows; never raises, since completion must not."""

    def assets(self) -> list[str]:
        """Return all asset keys, as people write them."""
        graph = self._graph()
        return [key.to_user_string() for key in graph.order] if graph else []

    def groups(self) -> list[str]:
        """Return all groups."""
        graph = self._graph()
        return sorted({graph.group(key) for key in graph.order}) if graph else []

    def partition_keys(self, asset: str | None, prefix: str) -> list[str]:
        """Return the partition keys of an asset (of all, if None) that begin with ``prefix``."""
        graph = self._graph()
        if graph is None:
            return []
        nodes = [graph.nodes[key] for key in graph.order]
        if asset is not None:
            nodes = [node for node in nodes if node.key == AssetKey.from_user_string(asset)] or nodes
        found: dict[str, None] = {}
        for node in nodes:
            if node.partitions_def is not None:
                found.update((key, None) for key in node.partitions_def.get_partition_keys() if key.startswith(prefix))
        return list(found)

    @staticmethod
    def _graph() -> AssetGraph | None:
        try:
            return workspace().definitions().graph
        except (NotebookAssetsError, OSError):
            return None
