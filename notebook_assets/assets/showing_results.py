"""What the results of asset functions say of themselves, where a test or a cell calls the function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.assets.results import NO_VALUE, MaterializeResult, Output
from notebook_assets.assets.showing_specs import Pairs, card
from notebook_assets.display import Rich, code, metadata_facts, plain, shorten, soft
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.shown import shown


@shown.register(MaterializeResult)
def _of_materialize_result(result: MaterializeResult[Any]) -> Rich:
    key = getattr(result.asset_key, "to_user_string", lambda: None)()
    pairs: Pairs = [
        ("asset", key),
        ("value", None if result.value is NO_VALUE else value_words(result.value)),
        ("data version", code(result.data_version.value) if result.data_version is not None else None),
    ]
    checks = [shown(each) for each in result.check_results or ()]
    return card("MaterializeResult", "", None, pairs, *_metadata(result.values), *checks)


@shown.register(Output)
def _of_output(output: Output[Any]) -> Rich:
    pairs: Pairs = [
        ("value", value_words(output.value)),
        ("output", output.output_name if output.output_name != "result" else None),
        ("data version", code(output.data_version.value) if output.data_version is not None else None),
    ]
    return card("Output", "", None, pairs, *_metadata(output.metadata))


def value_words(value: Any) -> Rich:
    """Return a value on one line; of a table its size.

    >>> value_words([1, 2, 3])
    [1, 2, 3]
    """
    size = getattr(value, "shape", None)
    if isinstance(size, tuple) and size:
        return plain(f"{type(value).__name__} of {' × '.join(f'{each:,}' for each in size)}")
    try:
        words = repr(value)
    except Exception as error:  # anything may refuse to be written
        return soft(f"{type(value).__name__}, which can't be written: {error}")
    return code(shorten(" ".join(words[:1000].split()), 200))


def _metadata(given: Mapping[str, Any] | None) -> list[Rich]:
    found = normalize_metadata(given, "metadata")
    return [metadata_facts(found)] if found else []
