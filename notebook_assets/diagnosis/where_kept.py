"""Where the value of a piece is kept: by the store, by an IO manager, or nowhere that the store knows of."""

from __future__ import annotations

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, AssetNode
from notebook_assets.display import ago
from notebook_assets.store import MaterializationRecord


def kept_and_made(node: AssetNode, record: MaterializationRecord | None, by_code: str) -> str:
    """Return where the value of a piece is kept, and from what it was made, in a sentence.

    Args:
        node: The asset, as it is defined now.
        record: Its latest materialization; None if there is none.
        by_code: By which code it was made, with a blank after it; "" if nothing is to be said of that.

    >>> from notebook_assets import AssetSpec
    >>> kept_and_made(AssetNode(AssetSpec("daily")), None, "by today's code ")
    "Its value is stored, made by today's code from today's inputs."
    """
    made = f"made {by_code}from today's inputs"
    if record is None or record.kind != "materialization" or record.format is not None:
        return f"Its value is stored, {made}."
    manager = _manager(node)
    if manager is not None:
        return f"Its value is kept by the IO manager {manager!r}, {made}."
    return f"It was {made}. The store keeps no value of it: it gave none, or an IO manager has it."


def reported(node: AssetNode, record: MaterializationRecord, *, is_kept: bool) -> str:
    """Return what is said of a piece that no run made: that it was reported, and who has its value.

    Args:
        node: The asset, as it is defined now.
        record: The report.
        is_kept: Whether the store keeps a value, which is an earlier one.
    """
    manager = _manager(node)
    has_it = "the store keeps no value of it" if manager is None else f"the IO manager {manager!r} is to have its value"
    if is_kept:
        has_it = "the value that the store kept before is what loads"
    return f"It was reported {ago(record.time)} to have been made elsewhere; {has_it}."


def _manager(node: AssetNode) -> str | None:
    return None if node.io_manager_key == DEFAULT_IO_MANAGER_KEY else node.io_manager_key
