"""What tab completion offers: the assets, groups and partition keys of the workspace."""

from __future__ import annotations

from contextlib import suppress

from notebook_assets.assets import AssetNode
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.magics.run_configs import configs
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.workspace import workspace


class WorkspaceCandidates:
    """Offers what the notebook defines and what its store knows; never raises, since completion must not."""

    def assets(self) -> list[str]:
        """Return all asset keys, as people write them."""
        return [node.key.to_user_string() for node in self._nodes()]

    def groups(self) -> list[str]:
        """Return all groups."""
        return sorted({node.spec.group for node in self._nodes()})

    def partition_keys(self, asset: str | None, prefix: str) -> list[str]:
        """Return the partition keys of an asset (of all, if None) that begin with ``prefix``."""
        nodes = self._nodes()
        if asset is not None:
            nodes = [node for node in nodes if node.key.to_user_string() == asset] or nodes
        found: dict[str, None] = {}
        for node in nodes:
            with suppress(NotebookAssetsError, OSError):  # keys may come from a store or from a person's function
                keys = node.partitions_def.get_partition_keys() if node.partitions_def is not None else ()
                found.update((key, None) for key in keys if key.startswith(prefix))
        return list(found)

    def upstream(self, asset: str) -> list[str]:
        """Return the assets that an asset is made from."""
        nodes = [node for node in self._nodes() if node.key.to_user_string() == asset]
        needed = (dependency.key.to_user_string() for node in nodes for dependency in node.dependencies)
        return list(dict.fromkeys(needed))

    def definitions(self) -> list[str]:
        """Return variables of partitions definitions, their classes, and partitioned assets whose name is Python's."""
        variables = list(workspace().namespace().items())
        held = [name for name, value in variables if isinstance(value, PartitionsDefinition)]
        shared = [node.key.to_user_string() for node in self._nodes() if node.partitions_def is not None]
        kinds = [
            name for name, value in variables if isinstance(value, type) and issubclass(value, PartitionsDefinition)
        ]
        names = [*held, *(name for name in shared if name.isidentifier()), *kinds]
        return [name for name in dict.fromkeys(names) if not name.startswith("_")]

    def configs(self, prefix: str) -> list[str]:
        """Return variables that hold a run's configuration, and files that may."""
        return configs(prefix, workspace().namespace())

    @staticmethod
    def _nodes() -> list[AssetNode]:
        """All assets, upstream first; where they don't fit together, those of the notebook one by one."""
        try:
            graph = workspace().definitions().graph
            return [graph.nodes[key] for key in graph.order]
        except (NotebookAssetsError, OSError):
            return [node for thing in workspace().catalogue.assets() for node in AssetNode.all_of(thing)]
