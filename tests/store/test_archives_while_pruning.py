"""An export of a store that is pruned meanwhile has what is there then, whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebook_assets.errors import ValueNotFoundError
from notebook_assets.store import Instance, archive_writing

Put = Callable[..., int]


@pytest.mark.parametrize(("times", "is_written"), [(2, True), (3, False)])
def test_an_export_begins_anew_where_a_value_is_pruned_meanwhile(
    instance: Instance, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, is_written: bool
) -> None:
    put("a", "p", 0)
    left = [times]
    real = archive_writing.version_row

    def pruned_just_now(*arguments: Any) -> Any:
        if left[0]:
            left[0] -= 1
            put("a", "p", left[0])
            instance.prune()
        return real(*arguments)

    monkeypatch.setattr(archive_writing, "version_row", pruned_just_now)
    if is_written:
        assert instance.export(tmp_path / "a.zip", versions="all").values == 1
    else:
        with pytest.raises(ValueNotFoundError):
            instance.export(tmp_path / "a.zip", versions="all")
    assert [file.name for file in tmp_path.glob("a.zip*")] == (["a.zip"] if is_written else [])
