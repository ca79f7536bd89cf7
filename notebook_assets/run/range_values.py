"""What one call gave of a range of partitions, taken apart: the value, metadata and data version of each key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import NO_VALUE, MaterializeResult, Output
from notebook_assets.display import plural
from notebook_assets.errors import OutputTypeError, a_kind, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.resources.split_frames import PARTITION_LEVEL
from notebook_assets.run.context_partitions import range_words
from notebook_assets.run.outcome import Outcome
from notebook_assets.store.together import is_frame, unpacked

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")

_FEW = 5  # keys that an error names


def by_partition(outcome: Outcome, keys: Sequence[str], label: str, *, is_required: bool = True) -> list[Outcome]:
    """Return what a call gave of each partition.

    Args:
        outcome: What it gave of the range: nothing, None (which each partition gets), a dict by partition key, in which
            a value may be an Output or a MaterializeResult with metadata of its own, or a DataFrame whose index has
            the partition key as its first level. Metadata and a data version of the whole are those of each.
        keys: The partitions, in order.
        label: Names the asset in an error.
        is_required: Whether each has to be in a dict; else what is not there counts as empty.

    Raises:
        OutputTypeError: It is none of these; or it lacks a key, or has one that was not asked for.

    >>> from notebook_assets import Output
    >>> given = by_partition(Outcome({"a": 1, "b": Output(2, metadata={"rows": 7})}, True), ["a", "b"], "daily")
    >>> [(each.value, list(each.metadata)) for each in given]
    [(1, []), (2, ['rows'])]
    """
    value = outcome.value
    if not outcome.is_made or value is NO_VALUE or value is None:
        return [_alike(outcome, value) for _ in keys]
    if is_frame(value):
        return [_alike(outcome, part) for part in _rows_by_key(unpacked(value), keys, label)]
    if not isinstance(value, Mapping):
        raise OutputTypeError(
            f"{_where(label, keys)}: one call makes {plural(len(keys), 'partition')}, so it gives a dict by partition "
            f"key, or one DataFrame with the index level {PARTITION_LEVEL!r}; got {a_kind(value)}."
        )
    _check_keys(value, keys, label, is_required=is_required)
    return [_of_key(outcome, value[key]) if key in value else Outcome() for key in keys]


def without_wrapping(value: Any, keys: Sequence[str]) -> Any:
    """Return the value as an IO manager is given it: a dict by partition key without what is wrapped in it.

    >>> from notebook_assets import Output
    >>> without_wrapping({"a": Output(1)}, ["a", "b"]), without_wrapping([1], ["a"])
    ({'a': 1}, [1])
    """
    if not is_wrapped(value, keys):
        return value
    return {key: each.value if isinstance(each, Output | MaterializeResult) else each for key, each in value.items()}


def is_wrapped(value: Any, keys: Sequence[str]) -> bool:
    """Whether a value is a dict by partition key in which something is an Output or a MaterializeResult."""
    if not isinstance(value, Mapping):
        return False
    return set(value) <= set(keys) and any(isinstance(each, Output | MaterializeResult) for each in value.values())


def check_whose(value: Any, keys: Sequence[str], key: AssetKey, name: str) -> None:
    """Raise an error where something in a dict by partition key says that it is of another asset.

    Args:
        value: What was given of the range.
        keys: The partitions.
        key: The asset.
        name: The name of its output.

    Raises:
        OutputTypeError: An Output has the name of another output, or a MaterializeResult the key of another asset.

    >>> check_whose({"a": Output(1)}, ["a"], AssetKey("daily"), "result")
    """
    if not is_wrapped(value, keys):
        return
    for partition, each in value.items():
        other: object = None
        if isinstance(each, Output) and each.output_name not in (name, "result"):
            other = f"an output called {each.output_name!r}"
        elif isinstance(each, MaterializeResult) and each.asset_key not in (None, key):
            other = f"a MaterializeResult of another asset, {each.asset_key}"
        if other is not None:
            raise OutputTypeError(
                f"{key.to_user_string()}[{partition}] was given {other}; what a dict by partition key holds is of the "
                "asset that the dict is given for. Leave out output_name and asset_key there."
            )


def joined(things: Iterable[Any]) -> Iterator[Any]:
    """Yield what a function yields; of one asset's outputs for parts of the range, one that holds all of them.

    Raises:
        OutputTypeError: A function yields several outputs of one asset, which are no dicts by partition key, or of
            which two hold the same key.

    >>> [output] = joined([Output({"a": 1}, metadata={"rows": 1}), Output({"b": 2})])
    >>> output.value["a"].metadata["rows"].value, output.value["b"].value
    (1, 2)
    """
    parts: dict[Any, list[Any]] = {}
    for thing in things:
        if isinstance(thing, Output | MaterializeResult):
            parts.setdefault(_whose(thing), []).append(thing)
        else:
            yield thing
    for found in parts.values():
        yield found[0] if len(found) == 1 else _merged(found)


def _whose(thing: Output[Any] | MaterializeResult[Any]) -> Any:
    return thing.output_name if isinstance(thing, Output) else thing.asset_key


def _merged(parts: Sequence[Any]) -> Any:
    together: dict[Any, Any] = {}
    for part in parts:
        if not isinstance(part.value, Mapping):
            raise OutputTypeError(
                "A function that makes several partitions by one call yielded more than one output, of which one holds "
                f"{a_kind(part.value)}. Yield one output, or in each a dict by partition key with other keys."
            )
        for key, value in part.value.items():
            if key in together:
                raise OutputTypeError(f"The partition {key!r} was yielded twice; one call makes each of them once.")
            inner = value if isinstance(value, Output | MaterializeResult) else Output(value)
            together[key] = replace(inner, **_told(part, inner))
    if isinstance(parts[0], Output):
        return Output(together, output_name=parts[0].output_name)
    checks = [each for part in parts if isinstance(part, MaterializeResult) for each in part.check_results or ()]
    return MaterializeResult(asset_key=parts[0].asset_key, value=together, check_results=checks)


def _told(part: Any, inner: Any) -> dict[str, Any]:
    """Return what is said of a part, with what is said of one of its partitions over it."""
    return {
        "metadata": {**(part.metadata or {}), **(inner.metadata or {})},
        "tags": {**(part.tags or {}), **(inner.tags or {})},
        "data_version": inner.data_version or part.data_version,
    }


def _alike(outcome: Outcome, value: Any) -> Outcome:
    """Return what one of several partitions gets of what is said of all of them."""
    return Outcome(
        value,
        outcome.is_made,
        dict(outcome.metadata),
        dict(outcome.tags),
        outcome.data_version,
        checked=outcome.checked,
    )


def _of_key(outcome: Outcome, value: Any) -> Outcome:
    found = _alike(outcome, value)
    if isinstance(value, Output | MaterializeResult):
        found.value = value.value
        found.metadata.update(value.values)
        found.tags.update(value.tags or {})
        found.data_version = value.data_version.value if value.data_version else outcome.data_version
    return found


def _rows_by_key(frame: pd.DataFrame, keys: Sequence[str], label: str) -> list[pd.DataFrame]:
    """Return the rows of each partition, without the level that says which: none where there are none of it."""
    if frame.index.names[0] != PARTITION_LEVEL:
        levels = [str(name) for name in frame.index.names if name is not None]
        hint = f' Use frame.set_index("{PARTITION_LEVEL}").' if PARTITION_LEVEL in frame.columns else ""
        raise OutputTypeError(
            f"{_where(label, keys)}: one call makes {plural(len(keys), 'partition')}, so the first level of the "
            f"DataFrame's index is the partition key and is called {PARTITION_LEVEL!r}; it has the levels {levels}."
            f"{hint} A dict of DataFrames by partition key will do too."
        )
    codes, found = pd.factorize(frame.index.get_level_values(0))
    nowhere = int((codes < 0).sum())
    if nowhere:
        raise OutputTypeError(
            f"{_where(label, keys)}: {plural(nowhere, 'row')} of the DataFrame {'has' if nowhere == 1 else 'have'} no "
            "partition key in the index (None or NaN), so that it is not known which partition that belongs to."
        )
    _check_keys(dict.fromkeys(found.tolist()), keys, label, is_required=False)
    bare = frame.droplevel(0) if frame.index.nlevels > 1 else frame.reset_index(drop=True)
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(found) + 1))
    place = {key: number for number, key in enumerate(found.tolist())}
    rows = [order[edges[place[key]] : edges[place[key] + 1]] if key in place else order[:0] for key in keys]
    parts = [bare.iloc[each] for each in rows]
    return [part.reset_index(drop=True) for part in parts] if frame.index.nlevels == 1 else parts


def _check_keys(given: Mapping[Any, Any], keys: Sequence[str], label: str, *, is_required: bool) -> None:
    asked = set(keys)
    strange = [key for key in given if key not in asked]
    lacking = [key for key in keys if key not in given] if is_required else []
    if not strange and not lacking:
        return
    told = []
    if lacking:
        told.append(f"{_named(lacking)} {'is' if len(lacking) == 1 else 'are'} lacking")
    if strange:
        told.append(f"{_named(strange)} {'was' if len(strange) == 1 else 'were'} not asked for")
    hint = "" if not strange or not isinstance(strange[0], str) else did_you_mean(strange[0], lacking or keys)
    if strange and not isinstance(strange[0], str):
        hint = f" Partition keys are texts; got {a_kind(strange[0])}."
    raise OutputTypeError(
        f"{_where(label, keys)}: what was given by partition key does not fit: {', and '.join(told)}.{hint}"
    )


def _named(keys: Sequence[Any]) -> str:
    more = f" and {len(keys) - _FEW:,} more" if len(keys) > _FEW else ""
    return ", ".join(map(repr, keys[:_FEW])) + more


def _where(label: str, keys: Sequence[str]) -> str:
    return f"{label}[{range_words(keys)}]"
