"""A floor asks a floor above only where docs/architecture.md says so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path


def test_calls_to_a_floor_above_are_those_of_the_architecture_page(repository: Path) -> None:
    """The contract of imports does not see what is loaded when it is used, by its name."""
    contract = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    height = {floor: -at for at, floor in enumerate(contract["layers"])}
    package = repository / "notebook_assets"
    found = set()
    for path in package.rglob("*.py"):
        own = path.relative_to(package).parts[0].removesuffix(".py")
        for other in re.findall(r'lazy_module\("notebook_assets\.(\w+)', path.read_text("utf-8")):
            if height[other] > height[own]:
                found.add(f"{path.relative_to(package)}")
    page = (repository / "docs" / "architecture.md").read_text("utf-8")
    assert found, "the pattern finds none"
    assert [path for path in sorted(found) if f"`{path}`" not in page] == []
