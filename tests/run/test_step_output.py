"""What steps print and log is caught while it is shown: by step, in any thread, within a bound."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.run.step_output import captured
from notebook_assets.run.step_text import StepText


class SlottedStream:
    """A stream that lets nobody change its ``write``."""

    __slots__ = ("written",)

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None: ...


@pytest.fixture
def log() -> logging.Logger:
    """A logger of the test's own, that nobody else handles the records of."""
    return logging.Logger("step_output_test", logging.INFO)


def test_what_is_printed_is_caught_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with captured() as output:
        print("out", 1)
        print("error", file=sys.stderr)
    print("after")
    assert output.text == "out 1\nerror\n"
    assert capsys.readouterr() == ("out 1\nafter\n", "error\n")


@pytest.mark.parametrize(
    "stream",
    [io.StringIO(), io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "latin-1")],
    ids=["memory", "utf-8", "latin-1"],
)
def test_streams_are_as_before_afterwards(stream: io.TextIOBase) -> None:
    with contextlib.redirect_stdout(stream):
        with captured() as output:
            assert sys.stdout is stream
            sys.stdout.writelines(["a", "b"])
        print("not caught")
    assert output.text == "ab"
    assert "write" not in vars(stream)


def test_a_stream_that_nobody_may_change_is_written_to_and_not_caught() -> None:
    stream = SlottedStream()
    with contextlib.redirect_stdout(stream), captured() as output:
        print("shown")
    assert (stream.written, output.text) == ("shown\n", "")


def test_no_stream_at_all_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        with captured() as output:
            print("nowhere")
    assert output.text == ""


def test_what_goes_to_a_stream_of_its_own_goes_there_only() -> None:
    own = io.StringIO()
    with captured() as output:
        with contextlib.redirect_stdout(own):
            print("inside")
        print("outside")
    assert (own.getvalue(), output.text) == ("inside\n", "outside\n")


def test_a_stream_that_is_left_replaced_does_no_harm() -> None:
    first, second = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(first):
        with captured() as one:
            print("first")
            sys.stdout = second
        with captured() as two:
            print("second")
    assert (one.text, two.text) == ("first\n", "second\n")
    assert "write" not in vars(first)
    assert "write" not in vars(second)


def test_a_write_that_is_put_back_late_catches_nothing_twice() -> None:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        with captured():
            ours = sys.stdout.write
            sys.stdout.write = stream.getvalue  # type: ignore[method-assign]
        sys.stdout.write = ours  # type: ignore[method-assign]
        print("between")
        with captured() as output:
            print("once")
    assert output.text == "once\n"
    assert stream.getvalue() == "between\nonce\n"


@pytest.mark.parametrize("text", ["🌧 34 mm", "a\x00b", "\r 10%\r 20%", "שלום", "", "x" * 100_000], ids=repr)
def test_any_text_is_caught(text: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()), captured(longest=200_000) as output:
        sys.stdout.write(text)
    assert output.text == text


def test_a_lone_surrogate_is_written_out() -> None:
    with contextlib.redirect_stdout(io.StringIO()), captured() as output:
        sys.stdout.write("a\ud800b")
    assert output.text == "a\\ud800b"


def test_what_a_stream_refuses_is_refused_as_ever_and_not_caught() -> None:
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "ascii")), captured() as output:
        with pytest.raises(UnicodeEncodeError):
            sys.stdout.write("ä")
        with pytest.raises(TypeError):
            sys.stdout.write(3)  # type: ignore[arg-type]
    assert output.text == ""


def test_an_error_leaves_everything_as_before_and_keeps_what_was_printed() -> None:
    stream, factory = io.StringIO(), logging.getLogRecordFactory()
    with contextlib.redirect_stdout(stream), contextlib.suppress(ValueError), captured() as output:
        print("before")
        raise ValueError("wrong")
    assert output.text == "before\n"
    assert "write" not in vars(stream)
    assert logging.getLogRecordFactory() is factory


def test_inside_of_another_the_inner_one_catches() -> None:
    with captured() as outer:
        print("a")
        with captured() as inner:
            print("b")
        print("c")
    assert (outer.text, inner.text) == ("a\nc\n", "b\n")


def test_steps_in_threads_do_not_mix() -> None:
    both = threading.Barrier(4)

    def step(name: str) -> str:
        with captured() as output:
            both.wait(timeout=10)
            for number in range(50):
                print(name, number)
            both.wait(timeout=10)
        return output.text

    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(step, "abcd"))
    assert texts == ["".join(f"{name} {number}\n" for number in range(50)) for name in "abcd"]


def test_tasks_and_their_threads_print_for_the_step_that_they_are_of() -> None:
    async def child() -> None:
        await asyncio.sleep(0)
        print("task")
        await asyncio.to_thread(print, "thread")

    async def step() -> None:
        await asyncio.gather(child())

    with captured() as other, captured() as output:
        asyncio.run(step())
    assert (other.text, output.text) == ("", "task\nthread\n")


def test_threads_that_a_step_starts_count_while_it_is_alone() -> None:
    go, done = threading.Event(), threading.Event()

    def before() -> None:
        go.wait(timeout=10)
        print("someone else")
        done.set()

    early = threading.Thread(target=before)
    early.start()
    with captured() as output:
        go.set()
        done.wait(timeout=10)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(print, ["mine"]))
    early.join()
    assert output.text == "mine\n"


def test_threads_count_for_nobody_while_several_steps_run() -> None:
    with captured() as one, captured() as other:
        thread = threading.Thread(target=print, args=("whose",))
        thread.start()
        thread.join()
    assert (one.text, other.text) == ("", "")


def test_records_that_are_shown_are_caught_as_they_are_shown(log: logging.Logger) -> None:
    shown = io.StringIO()
    with contextlib.redirect_stderr(shown):
        handler = logging.StreamHandler()  # it holds the stream from before
        handler.setFormatter(logging.Formatter("!! %(message)s"))
        log.addHandler(handler)
        with captured() as output:
            log.info("read %d rows", 3)
            print("printed", file=sys.stderr)
    assert output.text == shown.getvalue() == "!! read 3 rows\nprinted\n"


def test_records_that_are_not_shown_are_caught_too_in_their_order(log: logging.Logger) -> None:
    with captured() as output:
        log.info("first")
        print("printed")
        log.info("second")
        log.info("third")
        log.debug("below the level")
    assert output.text == (
        "INFO:step_output_test:first\nprinted\nINFO:step_output_test:second\nINFO:step_output_test:third\n"
    )


def test_a_warning_of_a_log_that_nobody_set_up_is_shown_as_ever(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    with captured() as output:
        log.warning("careful")
    assert output.text == capsys.readouterr().err == "careful\n"


def test_setting_up_logging_within_a_step_works_as_without(log: logging.Logger) -> None:
    with captured() as output:
        assert not log.handlers
        log.addHandler(logging.StreamHandler(sys.stderr))
        log.info("told")
    assert output.text == "told\n"


def test_a_record_with_wrong_arguments_is_no_error_of_the_step(log: logging.Logger) -> None:
    with captured() as output:
        log.info("%d rows", "three")
        log.info("next")
    assert output.text == "INFO:step_output_test:next\n"


def test_a_factory_of_records_that_a_step_sets_stays(log: logging.Logger) -> None:
    before = logging.getLogRecordFactory()
    try:
        with captured():
            inner = logging.getLogRecordFactory()

            def own(*args: object, **kwargs: object) -> logging.LogRecord:
                return inner(*args, **kwargs)

            logging.setLogRecordFactory(own)
        assert logging.getLogRecordFactory() is own
        with captured() as output:
            log.info("once")
        assert output.text == "INFO:step_output_test:once\n"
    finally:
        logging.setLogRecordFactory(before)


@given(st.lists(st.text(alphabet="abc\n🌧", max_size=400), max_size=30), st.integers(200, 600))
def test_both_ends_are_kept_whatever_the_pieces(parts: list[str], longest: int) -> None:
    kept = StepText(longest)
    for part in parts:
        kept.add(part)
    whole, text = "".join(parts), kept.text()
    if kept.dropped:
        first, _, rest = text.partition("\n[... ")
        note, _, last = rest.partition(" ...]\n")
        assert whole.startswith(first)
        assert whole.endswith(last)
        assert len(first) + kept.dropped + len(last) == len(whole)
        assert note == f"{kept.dropped:,} of {len(whole):,} characters are left out"
        assert len(text) <= longest
    else:
        assert text == whole


def test_millions_of_characters_take_no_more_memory_than_the_bound() -> None:
    kept = StepText(1000)
    for _ in range(20_000):
        kept.add("0123456789" * 10)
    assert len(kept.text()) <= 1000
    assert kept.dropped > 1_990_000


def test_a_step_that_prints_nothing_costs_next_to_nothing() -> None:
    """Counted, not timed: what a step does where nothing is printed are some dozen short calls, none of a text."""
    calls: list[str] = []

    def count(frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_call"):
            calls.append(frame.f_code.co_name)

    with captured():
        pass  # what the first one sets up
    sys.setprofile(count)
    try:
        for _ in range(100):
            with captured():
                pass
    finally:
        sys.setprofile(None)
    assert len(calls) / 100 < 80
    assert not {"add", "text", "note"}.intersection(calls)
