"""The examples in docs/*.md run as they stand, page by page, and give what is written below them."""

from __future__ import annotations

import contextlib
import io
import linecache
import re
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(>>> .*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [path for path in sorted(DOCS.glob("*.md")) if BLOCK.search(path.read_text(encoding="utf-8"))]


def examples(page: str) -> list[tuple[str, str]]:
    """Return what is typed and what is written below it; other than in a doctest, blank lines may stand in there."""
    found = []
    for block in BLOCK.findall(page):
        for part in re.split(r"^(?=>>> )", block, flags=re.MULTILINE):
            lines = part.splitlines()
            typed = [line for line in lines if line.startswith((">>> ", "... ", "...")) and not line.startswith("....")]
            if typed:
                found.append(("\n".join(line[4:] for line in typed), "\n".join(lines[len(typed) :])))
    return found


def outcome(source: str, namespace: dict[str, object]) -> str:
    """Return what a console shows of a statement; of an error its last lines."""
    shown = io.StringIO()
    hook, sys.displayhook = sys.displayhook, lambda value: None if value is None else print(repr(value), file=shown)
    try:
        with contextlib.redirect_stdout(shown):
            exec(compile(source + "\n", _kept(source), "single", dont_inherit=True), namespace)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=shown)
    finally:
        sys.displayhook = hook
    return shown.getvalue()


def _kept(source: str) -> str:
    """Keep a source under a file name of its own, as a notebook does: the code of what it defines is looked at."""
    name = f"<example {len(linecache.cache)}>"
    linecache.cache[name] = (len(source), None, [f"{line}\n" for line in source.splitlines()], name)
    return name


def plain(text: str) -> list[str]:
    """Return the lines of a text without what can't be seen in them."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_examples_give_what_is_written_below_them(path: Path) -> None:
    """All that a page types works, in one namespace a page."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for source, want in examples(path.read_text(encoding="utf-8")):
        assert plain(outcome(source, namespace)) == plain(want), source


def test_the_pages_have_examples() -> None:
    """The pages are found, so that the test above has something to run."""
    of_assets = {"assets", "checks", "config_and_resources", "definitions", "metadata", "ops_and_graphs", "selections"}
    assert {"partitions", "mappings", "testing", "housekeeping", *of_assets} <= {path.stem for path in PAGES}


def test_links_between_pages_lead_somewhere() -> None:
    """Each link to a file of this repository is there."""
    for path in PAGES:
        targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        local = [target for target in targets if not target.startswith(("http:", "https:"))]
        assert [target for target in local if not (path.parent / target).exists()] == []
