"""Public functions that are given an instance read dynamic partition keys from it, whoever asks for them inside."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from notebook_assets.assets.fingerprint_once import fingerprints_taken_once
from notebook_assets.partitions import partition_loading_context
from notebook_assets.workspace.given import check_given

P = ParamSpec("P")
T = TypeVar("T")


def keys_from_instance(function: Callable[P, T]) -> Callable[P, T]:
    """Have the store that a function gets as ``instance=`` be the one that knows dynamic keys while it runs.

    Without one it is that of the loading context, or of the notebook, as everywhere. The code of each asset is looked
    at once meanwhile. What is given by name and of the wrong kind is refused before.

    >>> from notebook_assets import DynamicPartitionsDefinition, Instance
    >>> episodes = DynamicPartitionsDefinition(name="episodes")
    >>> @keys_from_instance
    ... def first_key(*, instance=None):
    ...     return episodes.get_first_partition_key()
    >>> with Instance.ephemeral() as store:
    ...     store.add_dynamic_partitions("episodes", ["ep1"])
    ...     first_key(instance=store)
    'ep1'
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True  # IPython leaves this frame out
        check_given(kwargs)
        store: Any = kwargs.get("instance")
        with partition_loading_context(dynamic_partitions_store=store), fingerprints_taken_once():
            return function(*args, **kwargs)

    return call
