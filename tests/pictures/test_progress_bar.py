"""The progress bar says what is done, what went wrong and how long it still takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.display.escape import width
from notebook_assets.pictures import ProgressView, draw_progress, progress_line


def test_rate_and_time_left_follow_from_what_ran():
    view = ProgressView("daily", total=100, done=40, failed=5, empty=5, skipped=10, elapsed=10)
    assert view.ended == 60
    assert view.left == 40
    assert view.rate == 5
    assert view.seconds_left == 8


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (ProgressView("t", 10), "0 of 10"),
        (ProgressView("t", 0, status="success"), "100 %"),
        (ProgressView("t", 0), "t  ──────────────────────────────    0 %"),
        (ProgressView("t", 10, done=10, elapsed=2, status="success"), "finished"),
        (ProgressView("t", 10, done=9, failed=1, elapsed=2, status="failed"), "finished with failures"),
        (ProgressView("t", 10, done=4, elapsed=2, status="canceled"), "canceled, 6 left"),
        (ProgressView("t", 10, done=4, failed=1, elapsed=2), "✗ 1 failed"),
        (ProgressView("t", 10_000, done=9_999, elapsed=2), "99 %"),
        (ProgressView("t", 10, done=12, elapsed=2), "100 %"),
    ],
)
def test_the_line_says_how_it_stands(view, words):
    assert words in draw_progress(view).text


def test_a_finished_run_says_how_long_it_took_and_nothing_of_time_left():
    text = draw_progress(ProgressView("t", 10, done=10, elapsed=75, status="success")).text
    assert "1 min 15 s" in text
    assert "left" not in text


def test_a_screen_reader_hears_the_whole_of_it(read_html):
    seen = read_html(draw_progress(ProgressView("daily", 10, done=4, failed=1, elapsed=3)).html)
    assert "progressbar" in seen.values
    assert "daily: 50 %, 4 done, 1 failed, 5 pieces left, running" in seen.values


def test_there_is_no_script(read_html):
    evil = '"><script>alert(1)</script>\x1b[2J'
    drawn = draw_progress(ProgressView(evil, 10, done=1, current=evil))
    seen = read_html(drawn.html)
    assert "script" not in seen.tags
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert "\x1b" not in drawn.text


@given(
    st.text(max_size=60),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.floats(0, 1e7),
    st.integers(12, 200),
    st.sampled_from(["running", "success", "failed", "canceled"]),
)
def test_the_line_fits_the_terminal(title, total, done, elapsed, columns, status):
    view = ProgressView(title, total, done, 3, 2, 1, elapsed, status, title)
    assert width(progress_line(view, columns)) <= columns
