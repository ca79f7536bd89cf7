"""The offsets of a TimeWindowPartitionMapping in words."""

from __future__ import annotations


def offset_words(start_offset: int, end_offset: int) -> str:
    """Return which upstream partitions a downstream one needs, as a sentence.

    >>> offset_words(-1, -1)
    'Each downstream partition needs the upstream partitions that overlap the time window of the partition before it.'
    """
    if start_offset > end_offset:
        return "Each downstream partition needs nothing: the stretch of time would end before it starts."
    return f"Each downstream partition needs the upstream partitions that overlap {_stretch(start_offset, end_offset)}."


def _stretch(first: int, last: int) -> str:
    if first <= 0 <= last:
        before, after = _neighbours(-first, "before"), _neighbours(last, "after")
        if before and after:
            return f"its time window, {before} it and {after} it"
        return " and ".join(["its time window", *(f"{words} it" for words in (before, after) if words)])
    side, near, far = ("before", -last, -first) if last < 0 else ("after", first, last)
    if near == far:
        return f"the time window of the partition {'' if far == 1 else f'{far:,} '}{side} it"
    if near == 1:
        return f"the time windows of the {far:,} partitions {side} it"
    low, high = (far, near) if last < 0 else (near, far)
    return f"the time windows of the partitions from {low:,} to {high:,} {side} it"


def _neighbours(count: int, side: str) -> str:
    if count <= 1:
        return f"that of the partition {side}" if count else ""
    return f"those of the {count:,} partitions {side}"
