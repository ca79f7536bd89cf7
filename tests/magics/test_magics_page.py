"""docs/magics.md holds every magic with its usage and options, as the code has them."""

from __future__ import annotations

from pathlib import Path

from notebook_assets.magics.commands import AssetMagics
from notebook_assets.magics.options import Magic, magic_table
from notebook_assets.magics.options_help import option_table
from notebook_assets.magics.specs import MAGICS

BEGIN, END = "<!-- written by tests/magics/test_magics_page.py: begin -->", "<!-- end -->"


def tables() -> str:
    """What the page must hold: all magics, and the arguments of each."""
    parts = [magic_table(MAGICS), *(section(magic) for magic in MAGICS)]
    return "\n\n".join(parts)


def section(magic: Magic) -> str:
    examples = "\n".join(magic.examples)
    return f"## `{magic.name}`\n\n{magic.summary}\n\n{option_table(magic)}\n\n```python\n{examples}\n```"


def test_the_page_is_complete(repository: Path) -> None:
    """What stands between the two marks is what the code says; on failure the right text is shown, to be pasted."""
    page = (repository / "docs" / "magics.md").read_text(encoding="utf-8")
    found = page.partition(BEGIN)[2].partition(END)[0].strip()
    right = tables()
    assert found == right, f"docs/magics.md is not what the code says. Put this between its marks:\n\n{right}\n"


def test_every_declared_magic_is_registered_and_the_other_way_round() -> None:
    """Nothing is documented that can't be typed, and nothing can be typed that is not documented."""
    registered = {name for kind in ("line", "cell") for name in AssetMagics.magics[kind]}
    assert registered == {magic.bare_name for magic in MAGICS}
