"""What a mapping says of itself: its rule, what the input is, and (where the definitions are known) an example pair."""

from __future__ import annotations

from collections.abc import Sequence

from notebook_assets.display import Rich, Showable, code, count, facts, joined, plain, soft, stack, title_line
from notebook_assets.errors import InvalidDefinitionError, NotebookAssetsError
from notebook_assets.mappings.mapping import PartitionMapping
from notebook_assets.mappings.upstream_result import UpstreamPartitionsResult
from notebook_assets.partitions import PartitionsDefinition, PartitionsSubset
from notebook_assets.partitions.shown import shown

_FEW = 3


def describe(
    thing: object,
    downstream: PartitionsDefinition | None = None,
    upstream: PartitionsDefinition | None = None,
) -> Rich:
    """Return what a person wants to know of a definition in a few lines: assets, checks, jobs, partitions, a mapping.

    It is what a notebook shows where one is the last line of a cell. For a mapping the two definitions may be given:
    then it says for them whether an input is one value or a dict by key, and gives an example.

    Args:
        thing: Anything that is defined: assets, specs, checks, ops, graphs, jobs, resources, configurations,
            selections, Definitions, partitions definitions, their changes and subsets, mappings.
        downstream: For a mapping: the downstream definition; None for an asset without partitions.
        upstream: For a mapping: the upstream definition; None for an asset without partitions.

    Raises:
        InvalidDefinitionError: There is nothing to say of it.

    >>> from notebook_assets import DailyPartitionsDefinition, HourlyPartitionsDefinition, TimeWindowPartitionMapping
    >>> days = DailyPartitionsDefinition("2013-03-01", end_date="2013-04-01", timezone="America/New_York")
    >>> hours = HourlyPartitionsDefinition("2013-03-01-00:00", end_date="2013-04-01-00:00", timezone="America/New_York")
    >>> describe(days)
    DailyPartitionsDefinition  ·  daily, 31 partitions
    <BLANKLINE>
    keys      2013-03-01 … 2013-03-31
    starting  every day at 00:00, clocks of America/New_York (cron 0 0 * * *)
    next      no more: they end at 2013-04-01 00:00 −04:00
    example   2013-03-31 is 2013-03-31 00:00 −04:00 up to 2013-04-01 00:00 −04:00 (1 day)
    >>> describe(TimeWindowPartitionMapping(), days, hours)
    TimeWindowPartitionMapping  ·  same time
    <BLANKLINE>
    rule     Each downstream partition needs the upstream partitions that overlap its time window.
    input    a dict by key
    example  2013-03-31 needs 2013-03-31-00:00 … 2013-03-31-23:00 (24 keys)
    """
    if not isinstance(thing, PartitionMapping):
        if isinstance(thing, type) or shown.dispatch(type(thing)) is shown.dispatch(object):
            raise InvalidDefinitionError(
                "describe() takes what is defined: assets, checks, jobs, resources, partitions, mappings and the like; "
                f"got {type(thing).__name__}."
            )
        return shown(thing)
    return _described(thing, downstream, upstream, known=downstream is not None or upstream is not None)


@shown.register
def _of_mapping(mapping: PartitionMapping) -> Rich:
    return _described(mapping, None, None, known=False)


def _described(
    mapping: PartitionMapping,
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition | None,
    known: bool,
) -> Rich:
    pairs: list[tuple[str, Showable]] = [("rule", mapping.description)]
    wait_for = getattr(mapping, "wait_for", None)
    if wait_for not in (None, "all"):
        pairs.append(("waits for", str(wait_for)))
    if known:
        one = mapping.feeds_one(downstream, upstream)
        pairs.append(("input", "one value" if one else "a dict by key"))
        pairs.append(("example", _example(mapping, downstream, upstream)))
    else:
        pairs.append(("example", soft(f"describe({type(mapping).__name__}(...), downstream, upstream) gives one")))
    return stack([title_line(type(mapping).__name__, mapping.label), facts(pairs)])


def _example(
    mapping: PartitionMapping, downstream: PartitionsDefinition | None, upstream: PartitionsDefinition | None
) -> Rich:
    try:
        if upstream is None:
            return plain("each needs the whole upstream asset")
        if downstream is None:
            whole = mapping.get_upstream_mapped_partitions_result_for_partitions(None, None, upstream)
            return joined(["the whole asset needs", *_needed(whole)])
        there = downstream.settled()
        many = there.get_num_partitions()
        if not many:
            return soft("none: there is no downstream key yet")
        subset = there.subset_of_span(many - 1, many)
        found = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, there, upstream)
    except NotebookAssetsError as error:
        return soft(str(error).partition("\n")[0])
    return joined([code(there.key_at(many - 1)), "needs", *_needed(found)])


def _needed(found: UpstreamPartitionsResult) -> list[Showable]:
    subset, lost = found.partitions_subset, found.required_but_nonexistent_partition_keys
    said: list[Showable] = [_keys(subset)] if subset or not lost else []
    if lost:
        said.append(f"{'and ' if said else ''}{_listed(lost)}, not existing")
    return said


def _keys(subset: PartitionsSubset) -> Rich:
    if not subset:
        return plain("nothing")
    if len(subset) <= _FEW:
        return code(", ".join(subset))
    span = subset.only_span
    ranges = subset.get_partition_key_ranges() if span or len(subset.span_arrays[0]) <= _FEW else []
    words = ", ".join(first if first == last else f"{first} … {last}" for first, last in ranges)
    few = words or f"{', '.join(subset.partitions_def.keys_at(subset.positions()[:_FEW]))}, …"
    return joined([code(few), soft(f"({count(len(subset))} keys)")])


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(keys[:_FEW]) + (f", … {count(len(keys) - _FEW)} more" if len(keys) > _FEW else "")
