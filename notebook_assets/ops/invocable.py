"""What ops and graphs have in common: one use of them in a graph, under a name and with options of its own."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from notebook_assets.assets import RetryPolicy
from notebook_assets.ops.composition import current_composition
from notebook_assets.ops.hooks import HookDefinition, checked_hooks
from notebook_assets.ops.node_wiring import NodeOptions
from notebook_assets.partitions.arguments import check_instance
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.partitions.tags_as_texts import tag_texts


class Invocable(SelfShown):
    """What ops and graphs have in common: they are called in a composition function, most often as they are."""

    def alias(self, name: str) -> PendingNode:
        """Return the node under another name, to be called in a composition function."""
        return _pending(self, NodeOptions(alias=name))

    def tag(self, tags: Mapping[str, Any]) -> PendingNode:
        """Return the node with tags, to be called in a composition function."""
        return _pending(self, NodeOptions(tags=tag_texts(tags, "tag(...)")))

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> PendingNode:
        """Return the node with hooks, to be called in a composition function."""
        return _pending(self, NodeOptions(hooks=_hooks(hook_defs)))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingNode:
        """Return the node with a retry policy, to be called in a composition function."""
        return _pending(self, NodeOptions(retry_policy=_policy(retry_policy)))


@dataclass(frozen=True)
class PendingNode:
    """An op or a graph with an alias, tags, hooks or a retry policy of its own; called in a composition function."""

    definition: Any
    options: NodeOptions

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add it to the graph whose composition function runs; elsewhere an op is its plain function."""
        composition = current_composition()
        if composition is None:
            return self.definition(*args, **kwargs)
        return composition.add(self.definition, self.options, args, kwargs)

    def alias(self, name: str) -> PendingNode:
        """Return it under another name."""
        return PendingNode(self.definition, replace(self.options, alias=name))

    def tag(self, tags: Mapping[str, Any]) -> PendingNode:
        """Return it with more tags."""
        more = tag_texts(tags, "tag(...)")
        return PendingNode(self.definition, replace(self.options, tags={**self.options.tags, **more}))

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> PendingNode:
        """Return it with more hooks."""
        return PendingNode(self.definition, replace(self.options, hooks=self.options.hooks | _hooks(hook_defs)))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingNode:
        """Return it with a retry policy."""
        return PendingNode(self.definition, replace(self.options, retry_policy=_policy(retry_policy)))


def _hooks(given: AbstractSet[HookDefinition]) -> frozenset[HookDefinition]:
    return checked_hooks(given, "with_hooks(...)")


def _policy(given: RetryPolicy) -> RetryPolicy:
    check_instance(given, RetryPolicy, "with_retry_policy(...)", "RetryPolicy(max_retries=3)")
    return given


def _pending(definition: Any, options: NodeOptions) -> PendingNode:
    return PendingNode(definition, options)
