"""FilesystemIOManager: values as pickles in a folder, where and as a Dagster installation keeps them."""

from __future__ import annotations

from typing import Any

from notebook_assets.resources import InitResourceContext, InputContext, Noneable, OutputContext, io_manager
from notebook_assets.resources.config_shapes import Field
from notebook_assets.resources.configurable_io import ConfigurableIOManagerFactory
from notebook_assets.store.instance import Instance
from notebook_assets.store.signed_pickles import (
    from_signed_pickle,
    is_signed_pickle,
    looks_like_pickle,
    to_signed_pickle,
)
from notebook_assets.store.upath_hooks import context_name
from notebook_assets.store.upath_io_manager import UPathIOManager
from notebook_assets.store.value_paths import texts_of_paths, write_whole

STORAGE_NAME = "storage"
"""The folder of pickles in a store, where no other is named."""


class PickledObjectFilesystemIOManager(UPathIOManager):
    """Keeps values as pickles; what a :class:`FilesystemIOManager` makes.

    What it writes is signed behind the pickle, where Dagster does not look; what was not signed with this user's key
    is refused before it is opened.

    Args:
        base_dir: The folder: a path, or an address such as ``"s3://bucket/values"``.
        trust: Whether pickles that were not signed here are read too. Only for folders whose origin you know: reading
            a pickle can run any code.

    >>> import tempfile
    >>> from notebook_assets import build_input_context, build_output_context
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     manager = PickledObjectFilesystemIOManager(folder)
    ...     manager.handle_output(build_output_context(asset_key="daily"), {1, 2})
    ...     manager.load_input(build_input_context(asset_key="daily"))
    {1, 2}
    """

    def __init__(self, base_dir: Any = None, *, trust: bool = False) -> None:
        super().__init__(base_dir)
        self.trust = trust

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write a pickle and its signature."""
        write_whole(path, to_signed_pickle(obj, context_name(context)))

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Read a pickle whose signature is valid.

        Raises:
            UntrustedPickleError: It was not signed here, and ``trust`` is not given.
        """
        return from_signed_pickle(path.read_bytes(), f"{context_name(context)} at {str(path)!r}", trust=self.trust)

    def _is_own(self, file: Any) -> bool:
        try:
            data = file.read_bytes()
        except OSError:  # a folder by now, which another writer made
            return False
        return is_signed_pickle(data) or (self.trust and looks_like_pickle(data))


class FilesystemIOManager(ConfigurableIOManagerFactory):
    """Keeps values as pickles at ``BASE/asset``, or ``BASE/asset/partition``: the layout of a Dagster installation.

    Each reads what the other wrote; pickles from there only with ``trust=True``, as reading a pickle can run any code.
    Without an IO manager, values are in the store, each in a format that fits it; that is safer and keeps versions.

    Args:
        base_dir: The folder, or an address such as ``"s3://bucket/values"``; by default ``storage`` in the store.
        trust: Whether pickles that were not signed with this user's key are read too.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from notebook_assets import Instance, asset, load_asset_value, materialize
    >>> @asset
    ... def numbers():
    ...     return {1, 2}
    >>> folder = tempfile.TemporaryDirectory()
    >>> files = {"io_manager": FilesystemIOManager(base_dir=folder.name)}
    >>> _ = materialize([numbers], instance=Instance.ephemeral(), resources=files, progress=False)
    >>> Path(folder.name, "numbers").exists()
    True
    >>> folder.cleanup()
    """

    base_dir: str | None = None
    trust: bool = False

    def __init__(self, /, **fields: Any) -> None:
        super().__init__(**texts_of_paths(fields))

    def create_io_manager(self, context: InitResourceContext) -> PickledObjectFilesystemIOManager:
        """Return what writes and reads the pickles."""
        return PickledObjectFilesystemIOManager(_folder(self.base_dir, context), trust=self.trust)


@io_manager(
    config_schema={
        "base_dir": Field(Noneable(str), default_value=None, is_required=False),
        "trust": Field(bool, default_value=False, is_required=False),
    },
    description="Keeps values as pickles in a folder.",
)
def fs_io_manager(context: InitResourceContext) -> PickledObjectFilesystemIOManager:
    """Give what keeps values as pickles in the folder ``base_dir``; the older form of :class:`FilesystemIOManager`.

    >>> fs_io_manager.configured({"base_dir": "values"})
    <IOManagerDefinition fs_io_manager>
    """
    config = context.resource_config or {}
    return PickledObjectFilesystemIOManager(_folder(config.get("base_dir"), context), trust=bool(config.get("trust")))


def _folder(base_dir: str | None, context: InitResourceContext) -> Any:
    if base_dir is not None:
        return base_dir
    store = context.instance if isinstance(context.instance, Instance) else Instance.get()
    return store.folder / STORAGE_NAME
