"""A bar in a notebook shows what was made just before a long piece, though it was drawn a moment before that."""

from __future__ import annotations

import threading
from typing import Any

from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
from notebook_assets.workspace.progress_display import Watch


def test_a_long_piece_hides_nothing_of_what_was_made_before() -> None:
    seen: list[int] = []
    is_shown = threading.Event()

    def draw(view: Any) -> None:
        seen.append(view.done)
        if view.done == 5:
            is_shown.set()

    @asset(partitions_def=StaticPartitionsDefinition(list("abcdef")))
    def letters(context: Any) -> None:
        if context.partition_key == "f":  # the long one, until the five before it are shown
            assert is_shown.wait(30)

    with Instance.ephemeral() as store:
        progress = Watch("letters", draw, trails=True)
        assert materialize([letters], partitions="all", instance=store, progress=progress).success
    assert seen == sorted(seen)
    assert seen[-1] == 6


def test_nothing_is_drawn_by_others_when_that_is_not_wished() -> None:
    drawn: list[str] = []
    may_end = threading.Event()

    @asset(partitions_def=StaticPartitionsDefinition(list("abc")))
    def letters(context: Any) -> None:
        may_end.wait(0.2 if context.partition_key == "c" else 0)

    with Instance.ephemeral() as store:
        progress = Watch("letters", lambda _: drawn.append(threading.current_thread().name))
        materialize([letters], partitions="all", instance=store, progress=progress)
    assert set(drawn) == {threading.current_thread().name}
