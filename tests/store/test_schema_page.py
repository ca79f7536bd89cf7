"""docs/store.md describes every table, view and column of the schema, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from notebook_assets.store import Instance
from notebook_assets.store.formats import FORMATS

INTERNAL = {"sqlite_sequence"}


def described(page: str) -> dict[str, list[str]]:
    """Return the first cells of each section's rows of three cells."""
    sections = re.split(r"^#{2,3} ", page, flags=re.MULTILINE)[1:]
    return {
        section.split("\n", 1)[0].strip(): re.findall(r"^\| (\w+) \| [^|]+ \| [^|]+ \|$", section, flags=re.MULTILINE)
        for section in sections
    }


def test_every_table_view_and_column_is_described_in_order(instance: Instance, repository: Path) -> None:
    names = [*instance.db.table_names(), *instance.db.view_names()]
    schema = {name: [column.name for column in instance.db[name].columns] for name in names if name not in INTERNAL}
    sections = described((repository / "docs" / "store.md").read_text(encoding="utf-8"))
    found = {name: columns[1:] for name, columns in sections.items() if columns[:1] == ["column"]}
    assert found == schema


def test_every_format_is_described(repository: Path) -> None:
    page = (repository / "docs" / "store.md").read_text(encoding="utf-8")
    for form in FORMATS:
        assert f"`{form.name}`" in page
        assert f"`.{form.suffix}`" in page
