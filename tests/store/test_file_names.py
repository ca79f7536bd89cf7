"""Keys become file names that can be read back, never collide, and never lead anywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.store.names import LONGEST_NAME, file_name_for, key_of_file_name

HOSTILE = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\system32",
    "\\\\server\\share",
    "a/b",
    "a\\b",
    "con",
    "CON",
    "nul.txt",
    "com1",
    "LPT9",
    "aux~",
    "trailing.",
    "trailing ",
    " leading",
    "~",
    "~~",
    "a~1",
    "A",
    "=",
    "=41",
    "%2e%2e",
    "'; DROP TABLE pieces; --",
    '"quoted"',
    "<script>alert(1)</script>",
    "emoji 🐍👩‍👩‍👧",
    "\u202eright to left",
    "nul\x00byte",
    "line\nbreak",
    "\ud800",
    "é",
    "e\u0301",
    "2013-03-10-03:00",
    "x" * 4096,
    "X" * 4096,
    "x" * LONGEST_NAME,
    "X" * LONGEST_NAME,
    "🐍" * 1024,
]
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|~|$)", re.IGNORECASE)
keys = st.one_of(
    st.text(),
    st.text(alphabet="aAbB./\\~=%:", max_size=12),
    st.sampled_from(HOSTILE),
    st.text(alphabet=st.characters(), min_size=40, max_size=300),
    st.builds(lambda base, upper: "".join(c.upper() if u else c for c, u in zip(base, upper, strict=False)),
              st.sampled_from(["con", "nul", "daily", "ewr"]), st.lists(st.booleans(), min_size=5, max_size=5)),
)  # fmt: skip


@given(keys)
def test_a_name_is_one_harmless_part_of_a_path(key: str) -> None:
    name = file_name_for(key)
    assert re.fullmatch(r"[A-Za-z0-9_=~-]+", name)
    assert len(name) <= LONGEST_NAME
    assert not RESERVED.match(name)


@given(keys)
def test_a_name_is_read_back_unless_it_was_too_long(key: str) -> None:
    name = file_name_for(key)
    found = key_of_file_name(name)
    assert found == key or (found is None and len(key) > LONGEST_NAME // 12)


@given(keys)
def test_a_name_is_read_back_where_the_file_system_lost_the_case(key: str) -> None:
    assert key_of_file_name(file_name_for(key).lower()) in (key, None)


@given(keys, keys)
def test_two_keys_differ_on_file_systems_that_ignore_case(one: str, other: str) -> None:
    if one != other:
        assert file_name_for(one).casefold() != file_name_for(other).casefold()


def test_no_two_hostile_keys_collide() -> None:
    assert len({file_name_for(key).casefold() for key in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("2013-01-01", "2013-01-01"),
        ("EWR", "EWR~7"),
        ("2013-03-10-03:00", "2013-03-10-03=3a00"),
        ("a/b", "a=2fb"),
        ("nul", "=6eul"),
        ("", "="),
    ],
)
def test_names_of_ordinary_keys_stay_readable(key: str, name: str) -> None:
    assert file_name_for(key) == name
