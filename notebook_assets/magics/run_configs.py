"""What follows ``--config``: a run's configuration by a name of the notebook, in a file, or as JSON."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from glob import escape, glob
from pathlib import Path
from typing import Any

from notebook_assets.errors import InvalidConfigError, did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.run import RunConfig
from notebook_assets.run.config_checking import SECTIONS

yaml: Any = lazy_module("yaml")  # comes with Jupyter; only a YAML file needs it

_FILES = (".json", ".yaml", ".yml")


def config_written(text: str, namespace: Mapping[str, Any]) -> RunConfig | Mapping[str, Any]:
    """Return the configuration that a person wrote.

    Args:
        text: The name of a variable that holds a RunConfig or a dict, the path of a JSON or YAML file, or JSON (a
            dict as Python writes it will do).
        namespace: The notebook's variables.

    Raises:
        InvalidConfigError: It is none of these, or holds something else.

    >>> config_written('{"ops": {"daily": {"config": {"rows": 3}}}}', {})
    {'ops': {'daily': {'config': {'rows': 3}}}}
    >>> config_written("rows", {"rows": RunConfig(ops={"daily": {"config": {"rows": 3}}})}).ops
    {'daily': {'config': {'rows': 3}}}
    """
    if text.lstrip().startswith("{"):
        return _dict(_of_text(text), "it")
    if text in namespace:
        return _dict(namespace[text], f"the variable {text!r}")
    path = Path(text).expanduser()
    if path.suffix.lower() in _FILES and path.is_file():
        return _dict(_of_file(path), f"the file {text!r}")
    if path.suffix.lower() in _FILES:
        raise InvalidConfigError(
            f"There is no file {text!r} in {str(Path.cwd())!r}.{did_you_mean(text, configs('', {}))}"
        )
    raise InvalidConfigError(
        f"{text!r} is no variable of the notebook, no JSON and no file with one of the endings {', '.join(_FILES)}."
        f"{did_you_mean(text, configs('', namespace))}"
    )


def configs(prefix: str, namespace: Mapping[str, Any]) -> list[str]:
    """Return what may be written: variables that hold a configuration, and files that may, which begin with ``prefix``.

    >>> configs("n", {"nightly": RunConfig(), "numbers": [1, 2], "_nothing": {}})
    ['nightly']
    """
    names = [
        name
        for name, value in namespace.items()
        if name.startswith(prefix)
        and not name.startswith("_")
        and (isinstance(value, RunConfig) or (isinstance(value, dict) and value and set(value) <= set(SECTIONS)))
    ]
    return [*names, *sorted(path for path in glob(f"{escape(prefix)}*") if path.lower().endswith(_FILES))]


def _dict(value: Any, what: str) -> RunConfig | Mapping[str, Any]:
    if isinstance(value, RunConfig | Mapping):
        return value
    raise InvalidConfigError(
        f"A run is configured by a RunConfig or a dict such as {{'ops': {{'ASSET': {{'config': {{...}}}}}}}}; {what} "
        f"holds {value!r:.80}."
    )


def _of_text(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise InvalidConfigError(f"This is no JSON: {error}.") from None


def _of_file(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix.lower() == ".json":
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise InvalidConfigError(f"The file {str(path)!r} is no JSON: {error}.") from None
    try:
        return yaml.safe_load(text)
    except ModuleNotFoundError:
        raise InvalidConfigError("To read YAML, the package pyyaml is needed; or write the file as JSON.") from None
    except yaml.YAMLError as error:
        raise InvalidConfigError(f"The file {str(path)!r} is no YAML: {error}") from None
