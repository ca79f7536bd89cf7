"""Numbers are said as people say them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.display.times import ago, count, duration, moment, number, percent, plural, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (math.nan, "–"),
        (0, "0 s"),
        (0.0000004, "0 µs"),
        (0.00099949, "999 µs"),
        (0.0009996, "1 ms"),
        (0.9996, "1.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3_599.6, "1 h"),
        (3_600, "1 h"),
        (86_399, "24 h"),
        (90_000, "1 d 1 h"),
        (-75, "-1 min 15 s"),
    ],
)
def test_durations(seconds, said):
    assert duration(seconds) == said


@given(st.floats(0, 1e12))
def test_a_duration_is_short_whatever_it_is(seconds):
    assert len(duration(seconds)) < 20


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (0, "just now"),
        (5, "a few seconds ago"),
        (90, "1 minute ago"),
        (3 * 3_600, "3 hours ago"),
        (86_400 * 2, "2 days ago"),
        (-7_200, "in 2 hours"),
    ],
)
def test_moments_are_told_from_now(before, said):
    assert ago(1_700_000_000 - before, now=1_700_000_000) == said


def test_what_never_was_is_a_dash():
    assert (ago(None), moment(None), size(None)) == ("–", "–", "–")


def test_a_moment_is_told_in_its_zone():
    assert moment(1362898800, "America/New_York") == "2013-03-10 03:00:00"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (9_960, "10 kB"),
        (999_600, "1.0 MB"),
        (10**30, "1,000,000,000,000 EB"),
    ],
)
def test_sizes(amount, said):
    assert size(amount) == said


@pytest.mark.parametrize(("part", "whole", "said"), [(0, 0, "–"), (0, 5, "0 %"), (5, 5, "100 %"), (999, 1_000, "99 %")])
def test_only_all_is_a_hundred_percent(part, whole, said):
    assert percent(part, whole) == said


def test_counts_and_nouns():
    assert count(1_234_567) == "1,234,567"
    assert plural(1, "key") == "1 key"
    assert plural(0, "dependency", "dependencies") == "0 dependencies"


@given(st.one_of(st.integers(), st.floats()))
def test_any_number_can_be_said_shortly(value):
    assert len(number(value)) <= 25


def test_a_small_share_is_not_rounded_up() -> None:
    assert [percent(part, 8_760) for part in (0, 1, 43, 44, 8_759, 8_760)] == [
        "0 %",
        "< 1 %",
        "< 1 %",
        "1 %",
        "99 %",
        "100 %",
    ]
