"""What to say besides the result of a run: what it leaves stale although it made it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.display import count
from notebook_assets.errors import did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run import Plan
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class MadeFromStale:
    """What a plan is to make from stale inputs that it does not make: by asset the positions, and those inputs."""

    positions: Mapping[AssetKey, np.ndarray]
    inputs: Sequence[str]

    def sentence(self, statuses: Mapping[AssetKey, AssetStatus]) -> str:
        """Return what to say of those that were made; empty if none was.

        Args:
            statuses: The statuses after the run.
        """
        made = (PieceState.MATERIALIZED, PieceState.EMPTY)
        many = sum(int(statuses[key].has(*made)[positions].sum()) for key, positions in self.positions.items())
        if not many or not self.inputs:
            return ""
        shown = ", ".join(self.inputs[:3]) + (" …" if len(self.inputs) > 3 else "")
        was, stays = ("was", "stays") if many == 1 else ("were", "stay")
        return f"{count(many)} {was} made from stale {shown} and {stays} stale; add `--upstream` to make those first."


def made_from_stale(statuses: Mapping[AssetKey, AssetStatus], plan: Plan) -> MadeFromStale:
    """Return the pieces that a plan makes from stale inputs, which it does not make.

    Args:
        statuses: The status of what is planned and of all upstream of it, before the run.
        plan: What is to be made, upstream first.
    """
    planned = {entry.key: entry.positions for entry in plan.assets}
    if not any(status.has(PieceState.STALE).any() for status in statuses.values()):
        return MadeFromStale({key: positions[:0] for key, positions in planned.items()}, ())
    still: dict[AssetKey, np.ndarray] = {}  # stale after the run, of what has been looked at
    from_stale, stale_inputs = dict[AssetKey, np.ndarray](), dict[str, None]()
    for key, positions in planned.items():
        status = statuses[key]
        left = np.zeros(len(status.keys), dtype=bool)
        for dependency, links in zip(status.node.dependencies, status.links, strict=False):
            if dependency.key == key or dependency.key not in statuses:
                continue
            if dependency.key not in still:
                still[dependency.key] = _stale(statuses[dependency.key], planned.get(dependency.key))
            found = links.any_of(still[dependency.key])
            if found[positions].any() and dependency.key not in planned:
                stale_inputs[dependency.key.to_user_string()] = None
            left |= found
        from_stale[key] = positions[left[positions]]
        mask = _stale(status, positions)
        mask[positions] = left[positions]
        still[key] = mask
    return MadeFromStale(from_stale, tuple(stale_inputs))


def _stale(status: AssetStatus, planned: np.ndarray | None) -> np.ndarray:
    """Which pieces are stale and are not made."""
    mask = status.has(PieceState.STALE)
    if planned is not None:
        mask[planned] = False
    return mask


def misspelt(graph: AssetGraph, statuses: Mapping[AssetKey, AssetStatus], looked_at: Collection[AssetKey]) -> list[str]:
    """Return what looks misspelt in ``deps``: what nothing defines or made, and is named almost as an asset is.

    What has partitions was defined somewhere: the store knows them.

    Args:
        graph: All assets.
        statuses: The statuses of those that are looked at and of all upstream of them.
        looked_at: The assets whose dependencies are looked at.
    """
    defined = [key.to_user_string() for key in graph.nodes if key not in graph.outsiders]
    said = []
    for key, by in graph.outsiders.items():
        status = statuses.get(key)
        is_unheard_of = status is not None and status.node.partitions_def is None and not status.seen_events.any()
        if by in looked_at and is_unheard_of:
            name, namer = key.to_user_string(), by.to_user_string()
            near = did_you_mean(name, [other for other in defined if other != namer])
            said += [f"{namer} names {name!r}, which nothing here defines, and nothing made.{near}"] if near else []
    return said


def made_together(graph: AssetGraph, chosen: Iterable[AssetKey], made: Iterable[AssetKey]) -> str:
    """Return what is made only since one call makes it together with what was chosen, in a sentence; "" for nothing.

    >>> from notebook_assets import AssetSpec, multi_asset
    >>> @multi_asset(specs=[AssetSpec("low"), AssetSpec("high")])
    ... def both(): ...
    >>> made_together(AssetGraph([both]), [AssetKey("low")], [AssetKey("low"), AssetKey("high")])
    'high is made together with low, by one call.'
    """
    wanted = set(chosen)
    more = [key for key in made if key not in wanted and wanted.intersection(graph.nodes[key].made_with)]
    if not more:
        return ""
    asked = {each: None for key in more for each in graph.nodes[key].made_with if each in wanted}
    names = [", ".join(key.to_user_string() for key in keys) for keys in (more, asked)]
    return f"{names[0]} {'is' if len(more) == 1 else 'are'} made together with {names[1]}, by one call."
