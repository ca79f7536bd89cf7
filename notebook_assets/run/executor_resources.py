"""The resources of a run in another process: set up anew there; what nobody said to need is sent when asked for."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence

from notebook_assets.assets import AssetNode
from notebook_assets.keys import AssetKey
from notebook_assets.resources import Resources, ResourceSetup, ResourceView
from notebook_assets.resources.resource_definition import definitions_of
from notebook_assets.run.executor_kits import RunKit
from notebook_assets.store import Instance


class LentThings(Mapping[str, object]):
    """Resources by key, of which some are fetched when they are first asked for.

    Args:
        held: Those that are at hand.
        others: The keys of the others.
        fetch: Gives one of the others.

    >>> things = LentThings({"rows": 3}, ["password"], lambda key: print("fetching", key))
    >>> things["rows"], "password" in things, list(things.items())
    (3, True, [('rows', 3)])
    >>> things["password"]
    fetching password
    """

    def __init__(self, held: Mapping[str, object], others: Sequence[str], fetch: Callable[[str], object]) -> None:
        self._held = dict(held)
        self._others = tuple(others)
        self._fetch = fetch

    def __getitem__(self, key: str) -> object:
        if key not in self._held and key in self._others:
            self._held[key] = self._fetch(key)
        return self._held[key]

    def __contains__(self, key: object) -> bool:
        return key in self._held or key in self._others

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._held, *self._others]))

    def __len__(self) -> int:
        return len({*self._held, *self._others})

    def items(self) -> ItemsView[str, object]:
        """Return those that are at hand: who looks for one among all must not fetch them."""
        return self._held.items()


class PortedResources:
    """The resources of a run, set up anew in this process when they are first asked for.

    Args:
        kit: What all calls of the run share.
        instance: The store that they are told of.
    """

    def __init__(self, kit: RunKit, instance: Instance) -> None:
        self.run, self.run_id, self.config = kit.run, kit.run_id, kit.resource_config
        self._setup = ResourceSetup({}, kit.resource_config, instance, run=kit.run)
        self._things: dict[AssetKey, LentThings] = {}

    def add(self, node: AssetNode, things: LentThings) -> None:
        """Take note of what an asset sees."""
        self._things[node.key] = things

    def seen(self, things: LentThings) -> Resources:
        """Return resources as something sees them."""
        is_plain = len(things) == len(things.items()) and not definitions_of(things)
        return Resources(things if is_plain else ResourceView(things, self._setup))

    def checked(self, node: AssetNode) -> Resources:
        """Return the resources of an asset; those that its definition requires are set up."""
        found = self.seen(self._things[node.key])
        for key in sorted(node.definition.required_resource_keys if node.definition else ()):
            found[key]
        return found

    def close(self) -> None:
        """Tear down what was set up."""
        self._setup.close()
