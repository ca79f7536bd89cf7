"""Tags of ops, graphs and jobs as they are kept."""

from notebook_assets.partitions.tags_as_texts import tag_texts

__all__ = ["tag_texts"]
