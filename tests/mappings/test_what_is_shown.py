"""What definitions, subsets and mappings say of themselves: in words, as HTML, whatever their keys hold."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AllPartitionMapping,
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    IdentityPartitionMapping,
    Instance,
    InvalidDefinitionError,
    LastPartitionMapping,
    MultiPartitionsDefinition,
    PartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    definition_changes,
    describe,
    partition_loading_context,
)
from notebook_assets.partitions.cron_words import cron_in_words
from notebook_assets.partitions.showing_subsets import strip

NEW_YORK = "America/New_York"
days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01", timezone=NEW_YORK)
hours = HourlyPartitionsDefinition("2013-01-01-00:00", end_date="2014-01-01-00:00", timezone=NEW_YORK)
letters = StaticPartitionsDefinition(list("abcdef"))
five_minutes = TimeWindowPartitionsDefinition("2013-01-01-00:00", "%Y-%m-%d-%H:%M", cron_schedule="*/5 * * * *")


def lines(thing: object, *sides: object) -> dict[str, str]:
    """The facts of a description by their names, with the heading under an empty one."""
    heading, _, *facts = repr(describe(thing, *sides)).splitlines()
    return {"": heading, **dict(line.split(None, 1) for line in facts)}


def test_a_definition_of_windows_says_its_keys_rhythm_next_key_and_an_example():
    with partition_loading_context(days.start.replace(year=2013, month=3, day=11)):
        said = lines(DailyPartitionsDefinition("2013-01-01", timezone=NEW_YORK))
    assert said == {
        "": "DailyPartitionsDefinition  ·  daily, 69 partitions",
        "keys": "2013-01-01 … 2013-03-10",
        "starting": "every day at 00:00, clocks of America/New_York (cron 0 0 * * *)",
        "next": "2013-03-11 from 2013-03-12 00:00 −04:00 on",
        "example": "2013-03-10 is 2013-03-10 00:00 −05:00 up to 2013-03-11 00:00 −04:00 (23 h)",
    }


@pytest.mark.parametrize("end_offset", [0, 1, -1])
def test_the_next_key_comes_when_the_definition_gets_it(end_offset):
    """One second before that moment it is not there, and then it is."""
    definition = DailyPartitionsDefinition("2013-01-01", end_offset=end_offset)
    now = days.start.replace(month=3, day=11, hour=12)
    with partition_loading_context(now):
        key, words = lines(definition)["next"].split(" from ")
    moment = definition.time_window_for_partition_key("2013-03-12").start
    assert words == f"{moment:%Y-%m-%d} 00:00 +00:00 on"
    assert definition.has_partition_key(key, current_time=moment)
    assert not definition.has_partition_key(key, current_time=moment.replace(day=11, hour=23))


@pytest.mark.parametrize(
    ("definition", "name", "said"),
    [
        (days, "next", "no more: they end at 2014-01-01 00:00 −05:00"),
        (letters, "keys", "a, b, c, d, e, f"),
        (StaticPartitionsDefinition([str(at) for at in range(1_000)]), "keys", "0, 1, 2, … 999"),
        (DailyPartitionsDefinition("2100-01-01"), "keys", "none yet"),
        (
            TimeWindowPartitionsDefinition(
                "2013-01-01", "%Y-%m-%d", "2013-02-01", cron_schedule="@daily", exclusions=["0 0 * * 0,6"]
            ),
            "without",
            "Sunday and Saturday at 00:00",
        ),
        (MultiPartitionsDefinition({"a": letters, "day": days}), "day", "daily, 365 · 2013-01-01 … 2013-12-31"),
        (MultiPartitionsDefinition({"a": letters, "day": days}), "example", "f|2013-12-31 is a f, day 2013-12-31"),
    ],
)
def test_each_kind_says_what_matters_of_it(definition, name, said):
    assert lines(definition)[name] == said


def test_a_dynamic_definition_says_its_name_and_the_keys_of_the_store():
    store = Instance.ephemeral()
    store.add_dynamic_partitions("<customers>", ["b", "a"])
    with partition_loading_context(dynamic_partitions_store=store):
        said = lines(DynamicPartitionsDefinition(name="<customers>"))
    assert said["keys"] == "b, a"
    assert said["name"].startswith("<customers> · ")


def test_a_function_that_fails_is_no_reason_to_show_nothing(read_html):
    """The definition is shown, with the first line of what is wrong."""
    broken = DynamicPartitionsDefinition(name="nowhere")
    with partition_loading_context(dynamic_partitions_store=object()):
        assert "nowhere" in read_html(broken._repr_html_()).text


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("@daily", "every day at 00:00"),
        ("15 * * * *", "every hour, 15 min after the full hour"),
        ("* * * * *", "every minute"),
        ("0 */6 * * *", "every day at 00:00, 06:00, 12:00 and 18:00"),
        ("0 0 * * 0", "every Sunday at 00:00"),
        ("0 8 * * 1,3,5", "Monday, Wednesday and Friday at 08:00"),
        ("30 1 15 * *", "on day 15 of every month at 01:30"),
        ("0 0 1 1 *", "at the times of cron 0 0 1 1 *"),
        ("0 0 L * *", "at the times of cron 0 0 L * *"),
        ("0 0 1 * 1", "at the times of cron 0 0 1 * 1"),
        ("0 0 * * MON#1", "at the times of cron 0 0 * * MON#1"),
    ],
)
def test_crons_are_said_in_words_only_where_the_words_are_right(cron, words):
    assert cron_in_words(cron) == words


# Subsets


def test_a_subset_says_how_many_which_and_where():
    subset = letters.subset_with_partition_keys(["a", "b", "f"])
    assert lines(subset) == {
        "": "PartitionsSubset  ·  3 of 6 · 50 %",
        "of": "static, 6 partitions",
        "keys": "a … b, f",
        "where": "██░░░█",
    }
    assert lines(letters.empty_subset())["keys"] == "none"


def test_of_many_ranges_a_few_are_named():
    every_other = days.subset_with_partition_keys(days.get_partition_keys()[::2])
    assert lines(every_other)["keys"] == "2013-01-01, 2013-01-03, 2013-01-05, 2013-01-07 and 179 more ranges"


@settings(max_examples=60)
@given(st.sets(st.integers(0, 199)), st.integers(1, 200))
def test_the_strip_is_full_where_all_keys_are_and_empty_where_none_is(chosen, total):
    chosen = {at for at in chosen if at < total}
    keys = StaticPartitionsDefinition([str(at) for at in range(total)])
    text = strip(keys.subset_with_partition_keys([str(at) for at in sorted(chosen)]), total).text
    columns = min(total, 60)
    assert len(text) == columns
    for at, sign in enumerate(text):
        part = set(range(at * total // columns, (at + 1) * total // columns))
        assert (sign == "█") == (part <= chosen)
        assert (sign == "░") == (not part & chosen)


# Mappings


@pytest.mark.parametrize(
    ("mapping", "sides", "given", "example"),
    [
        (TimeWindowPartitionMapping(), (days, hours), "a dict by key", "2013-12-31-00:00 … 2013-12-31-23:00 (24 keys)"),
        (TimeWindowPartitionMapping(), (hours, days), "one value", "2013-12-31"),
        (LastPartitionMapping(), (letters, days), "one value", "f needs 2013-12-31"),
        (AllPartitionMapping(), (None, letters), "a dict by key", "the whole asset needs a … f (6 keys)"),
        (AllPartitionMapping(), (letters, None), "one value", "each needs the whole upstream asset"),
        (
            PartitionMapping.from_table({"f": ["x", "a"]}),
            (letters, letters),
            "a dict by key",
            "f needs a and x, not existing",
        ),
        (
            IdentityPartitionMapping(),
            (letters, days),
            "one value",
            "can't be needed from definitions of different kinds",
        ),
        (
            IdentityPartitionMapping(),
            (DailyPartitionsDefinition("2100-01-01"), days),
            "one value",
            "no downstream key yet",
        ),
    ],
)
def test_a_mapping_says_what_the_input_is_and_gives_an_example(mapping, sides, given, example):
    said = lines(mapping, *sides)
    assert said["input"] == given
    assert example in said["example"]


def test_a_mapping_that_waits_for_less_says_so():
    assert "waits for  any" in repr(describe(LastPartitionMapping().waiting_for("any")))


def test_anything_else_is_refused():
    with pytest.raises(InvalidDefinitionError, match="got str"):
        describe("days")  # type: ignore[arg-type]


# In a notebook


hostile = st.text(st.one_of(st.sampled_from("<>&\"'\\"), st.characters(codec="utf-8")), min_size=1, max_size=30)


@settings(max_examples=60)
@given(st.lists(hostile, min_size=1, max_size=9, unique=True))
def test_no_key_becomes_markup(read_html, keys):
    try:
        definition = StaticPartitionsDefinition(keys)
    except InvalidDefinitionError:
        return
    mapping = PartitionMapping.from_table({key: [*keys, "<b>lost</b>"] for key in keys})
    shown = describe(mapping, definition, definition)
    for thing in (definition, definition.subset_with_partition_keys(keys[:2]), mapping, shown):
        assert read_html(thing._repr_html_()).tags <= {
            *("div", "style", "p", "small", "dl", "dt", "dd", "span", "svg", "path")
        }


@pytest.mark.parametrize(
    "thing",
    [
        five_minutes,
        five_minutes.subset_of_span(0, 1_000_000),
        StaticPartitionsDefinition([str(at) for at in range(100_000)]),
        MultiPartitionsDefinition({"a": letters, "minutes": five_minutes}),
    ],
    ids=["windows", "span", "list", "several dimensions"],
)
def test_millions_of_keys_are_shown_at_once(thing):
    thing._repr_html_()
    began = time.process_time()
    thing._repr_html_()
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("thing", [days, letters, letters.empty_subset(), LastPartitionMapping()])
def test_repr_stays_what_it_is(thing):
    """It is short, for lists and errors; what is shown in a notebook stands beside it."""
    assert "\n" not in repr(thing)
    assert type(thing).__name__ in thing._repr_html_()


def test_what_a_changed_definition_kept_shows_itself() -> None:
    """How many keys, and which; and whether they mean what they did."""
    before = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    later = DailyPartitionsDefinition("2013-02-01", end_date="2014-01-01")
    changes = definition_changes(before, later)
    said = repr(describe(changes))
    assert "31 keys 2013-01-01 … 2013-01-31" in said
    assert "31 keys" in changes._repr_html_()
    assert "no change" in repr(describe(definition_changes(before, before)))
    moved = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01", timezone="Europe/Berlin")
    assert "mean something else" in repr(describe(definition_changes(before, moved)))
