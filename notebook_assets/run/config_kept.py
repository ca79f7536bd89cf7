"""What the store keeps of a run's configuration: what was given, without secrets, and not more than is readable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from notebook_assets.resources.covering import covered
from notebook_assets.run.config_checking import written
from notebook_assets.store import CONFIG_TAG

MOST = 4_000
"""How many characters of it are kept in all; an entry for which there is no room is named without its values."""


def tags_with_config(tags: Mapping[str, str], sections: Mapping[str, Any]) -> dict[str, str]:
    """Return what is kept as tags in the row of a run: its tags, and the configuration that it was given, if any.

    Args:
        tags: Its tags.
        sections: What was given, by section and name.

    >>> given = {"ops": {"daily": {"config": {"rows": 3, "password": "hunter2"}}}}
    >>> tags_with_config({}, given)[CONFIG_TAG]
    '{"ops": {"daily": {"config": {"rows": 3, "password": "\\\\u2022\\\\u2022\\\\u2022\\\\u2022\\\\u2022\\\\u2022"}}}}'
    """
    kept: dict[str, dict[str, Any]] = {}
    room = MOST
    for section in ("ops", "resources"):
        for name, entry in (sections.get(section) or {}).items():
            text = json.dumps(covered(written(entry)), default=repr, skipkeys=True)
            if len(text) > room:
                text = json.dumps({"config": f"{len(text):,} characters, which are too many to be kept"})
            room -= len(text)
            kept.setdefault(section, {})[str(name)] = json.loads(text)
    return {**tags, CONFIG_TAG: json.dumps(kept)} if kept else dict(tags)
