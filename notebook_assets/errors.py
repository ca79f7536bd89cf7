"""Every exception of this package, one tree, one base.

NotebookAssetsError
├── InvalidDefinitionError          a definition that can't be right
│   ├── DuplicateAssetError         two assets with one key
│   ├── CyclicDependencyError       an asset that needs itself
│   ├── UnknownUpstreamError        an input that is no asset and no variable
│   ├── InvalidMappingError         a partition mapping that can't serve its two definitions
│   └── InvalidConfigDefinitionError  a configuration schema that can't be one
├── InvalidInvocationError          a call with arguments that don't go together
│   ├── MagicUsageError             a magic with a wrong option or argument
│   └── UnknownResourceError        a resource that the run was not given
├── InvalidConfigError              a configuration that does not fit its schema
├── ResourceFunctionError           a resource that can't be set up
├── RunFailedError                  a run in which something failed, where its result is shown already
├── InvalidSelectionError           a selection that does not parse
├── UnknownAssetError               no such asset
├── UnknownPartitionError           no such partition
│   └── InvalidPartitionRangeError  a range that is malformed or reversed
├── InvalidSubsetError              a subset that does not fit its definition
├── MissingInputError               an input whose upstream pieces are not all there
├── WorkerError                     a call that another process was to make, and could not
│   ├── StepTimeoutError            it took longer than it may
│   ├── WorkerDiedError             the process died
│   └── NotPortableError            something of it can't be handed to another process
├── OutputTypeError                 a function that gave back what its definition does not allow
├── AssetCheckFailedError           a blocking check that found an error
├── TypeCheckDidNotPass             a value that is not of the type that was declared
├── ValueNotFoundError              a value that is not there
│   ├── NeverMaterializedError      it was never made
│   └── EmptyPieceError             it was made and yielded nothing
└── StoreError                      something is wrong with the store
    ├── StoreVersionError           made by a newer version of this package
    ├── StoreNotWritableError       the folder can't be written
    ├── BrokenValueError            a value file that is gone, cut short or altered
    ├── UntrustedPickleError        a pickle that was not signed here
    └── UnsupportedValueError       a value that no format can keep
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Self


class NotebookAssetsError(Exception):
    """The base of every error that this package raises on purpose."""


class InvalidDefinitionError(NotebookAssetsError):
    """A definition (asset, partitions, graph) that can't be right."""

    at_fault: tuple[Any, ...] = ()
    """The keys of the assets without which the others would be right, where that is known."""

    def blaming(self, *keys: Any) -> Self:
        """Return the error, with the keys of the assets that are at fault."""
        self.at_fault = keys
        return self


class DuplicateAssetError(InvalidDefinitionError):
    """Two assets in one graph have the same key."""


class CyclicDependencyError(InvalidDefinitionError):
    """An asset needs itself, directly or through others."""


class UnknownUpstreamError(InvalidDefinitionError):
    """An asset needs an input that is no asset and no variable; ``missing`` is its key, where an asset is meant."""

    missing: Any = None


class InvalidMappingError(InvalidDefinitionError):
    """A partition mapping can't serve the two definitions that it connects."""


class InvalidConfigDefinitionError(InvalidDefinitionError):
    """A configuration schema that can't be one."""


class InvalidConfigError(NotebookAssetsError):
    """A configuration does not fit its schema; ``problems`` are all that is wrong with it."""

    def __init__(self, text: str, problems: Iterable[Any] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)


class ResourceFunctionError(NotebookAssetsError):
    """A resource can't be set up; the error that it raised is the cause."""


class InvalidInvocationError(NotebookAssetsError):
    """A call whose arguments don't go together."""


class MagicUsageError(InvalidInvocationError):
    """A magic was given an option or an argument that it does not take."""


class UnknownResourceError(InvalidInvocationError, AttributeError):
    """A run was not given the resource that is asked for."""


class RunFailedError(NotebookAssetsError):
    """A run in which something failed; what, its result says, which is shown already."""


class StillRunningError(NotebookAssetsError, TimeoutError):
    """A background run that was waited for still goes on."""


class InvalidSelectionError(NotebookAssetsError):
    """An asset selection does not parse."""


class UnknownAssetError(NotebookAssetsError, KeyError):
    """There is no asset of that key."""

    def __str__(self) -> str:  # KeyError would show the message in quotes
        return str(self.args[0]) if self.args else ""


class UnknownPartitionError(NotebookAssetsError):
    """A definition has no partition of that key."""


class InvalidPartitionRangeError(UnknownPartitionError):
    """A range of partition keys is malformed or runs backwards."""


class InvalidSubsetError(NotebookAssetsError):
    """A set of partitions does not belong to the definition that it is used with."""


class MissingInputError(NotebookAssetsError):
    """A piece can't be made, since pieces that it needs are not there."""


class WorkerError(NotebookAssetsError):
    """A call that another process was to make, and could not."""


class StepTimeoutError(WorkerError):
    """A call took longer than it may; its process was stopped."""


class WorkerDiedError(WorkerError):
    """The process that made a call died."""


class NotPortableError(WorkerError):
    """Something that a call needs, or gave, can't be handed to another process."""


class OutputTypeError(NotebookAssetsError):
    """An asset's function gave back something that its definition does not allow."""


class AssetCheckFailedError(NotebookAssetsError):
    """A blocking check found an error in what was made, so that nothing was made from it."""


class TypeCheckDidNotPass(NotebookAssetsError):  # noqa: N818  # its name in the reference
    """A value is not of the type that was declared; ``metadata`` is what the check said of it."""

    def __init__(
        self, description: str | None = None, metadata: Mapping[str, Any] | None = None, dagster_type: Any = None
    ) -> None:
        super().__init__(description)
        self.description = description
        self.metadata = dict(metadata or {})
        self.dagster_type = dagster_type

    def __str__(self) -> str:
        return self.description or ""


class ValueNotFoundError(NotebookAssetsError):
    """There is no value to load."""


class NeverMaterializedError(ValueNotFoundError):
    """The asset or partition exists, but was never materialized."""


class EmptyPieceError(ValueNotFoundError):
    """The piece was made and yielded no output, so it has no value."""


class StoreError(NotebookAssetsError):
    """Something is wrong with the store."""


class StoreVersionError(StoreError):
    """The store was made by a newer version of this package."""


class StoreNotWritableError(StoreError):
    """The store's folder or database can't be written."""


class BrokenValueError(StoreError):
    """A stored value is gone, cut short, altered or unreadable."""


class UntrustedPickleError(StoreError):
    """A stored pickle carries no valid signature of this user."""


class UnsupportedValueError(StoreError):
    """A value that no storage format can keep."""


def near_matches(asked: object, known: Iterable[object], most: int = 3) -> list[str]:
    """Return up to ``most`` of ``known`` that look like ``asked``, the nearest first; what is no text has none.

    >>> near_matches("dayly", ["daily", "weekly"])
    ['daily']
    >>> near_matches(1, ["daily"])
    []
    """
    if not isinstance(asked, str):
        return []
    candidates = [name for name in known if isinstance(name, str)]
    if len(candidates) > 2_000:  # difflib compares each pair; a common beginning is a good first filter
        for length in range(len(asked), 0, -1):
            narrowed = [name for name in candidates if name.startswith(asked[:length])]
            if narrowed:
                candidates = narrowed[:2_000]
                break
        else:
            candidates = candidates[:2_000]
    folded: dict[str, str] = {}
    for name in candidates:
        folded.setdefault(name.casefold(), name)
    found = difflib.get_close_matches(asked.casefold(), folded, n=most, cutoff=0.55)
    return [folded[name] for name in found]


def did_you_mean(asked: object, known: Iterable[object]) -> str:
    """Return a sentence that names the nearest of ``known``, or an empty string; to be put at the end of an error.

    >>> did_you_mean("dayly", ["daily", "weekly"])
    " Did you mean 'daily'?"
    """
    found = near_matches(asked, known)
    return f" Did you mean {' or '.join(repr(name) for name in found)}?" if found else ""


def a_kind(value: object) -> str:
    """Return what a value is, in words: its class with its article.

    >>> a_kind("rows"), a_kind(3)
    ('a str', 'an int')
    """
    name = type(value).__name__
    return f"{'an' if name[:1] in 'AEIOaeio' else 'a'} {name}"
