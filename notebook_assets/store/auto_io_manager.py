"""AutoIOManager: values in a folder of your own, each in the format that its type asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.metadata import PathMetadataValue
from notebook_assets.resources import InputContext, OutputContext
from notebook_assets.resources.configurable_io import ConfigurableIOManager
from notebook_assets.store.formats import FORMATS, PickleFormat, decode, encode, format_called
from notebook_assets.store.npy import NpyFormat, NpyScalarFormat
from notebook_assets.store.signed_pickles import from_signed_pickle, to_signed_pickle
from notebook_assets.store.upath_hooks import context_name
from notebook_assets.store.upath_io_manager import UPathIOManager
from notebook_assets.store.value_paths import base_of, write_whole

_BY_SUFFIX = {form.suffix: form.name for form in FORMATS if form.name != NpyScalarFormat.name}  # npy reads both


class AutoIOManager(ConfigurableIOManager, UPathIOManager):
    """Keeps values at ``BASE/asset``, or ``BASE/asset/partition``, with the ending of the format that fits each.

    DataFrames are ``.parquet``, arrays ``.npy``, texts ``.txt``, numbers, lists and dicts ``.json``, bytes ``.bin``,
    and anything else ``.pickle``, signed. Without a folder it stands for the store, which does the same and keeps
    versions: that is what the key ``io_manager`` means where nothing is given for it.

    Args:
        base_path: The folder: a path, or an address such as ``"s3://bucket/values"``; without it, the store.
        trust: Whether pickles that were not signed with this user's key are read too.

    Raises:
        UnsupportedValueError: A value can't even be pickled.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> folder = tempfile.TemporaryDirectory()
    >>> files = {"io_manager": AutoIOManager(base_path=folder.name)}
    >>> _ = materialize([numbers], instance=Instance.ephemeral(), resources=files, progress=False)
    >>> Path(folder.name, "numbers.json").read_text()
    '[1, 2, 3]'
    >>> folder.cleanup()
    """

    base_path: Any = None
    trust: bool = False

    @property
    def stands_for_the_store(self) -> bool:
        """Whether it has no folder of its own, so that the store keeps the values."""
        return self.base_path is None

    @cached_property
    def _base_path(self) -> Any:
        if self.base_path is None:
            raise InvalidInvocationError(
                "An AutoIOManager without base_path stands for the store: give it to a run as a resource, or say in "
                "which folder it is to keep values."
            )
        return base_of(self.base_path)

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write a value in its format, and remove the file of an earlier one that had another."""
        what = context_name(context)
        encoded = encode(obj, what)
        name = PickleFormat.name if encoded.format == NpyFormat.name and not obj.ndim else encoded.format
        suffix = format_called(name, what).suffix
        data = to_signed_pickle(obj, what) if name == PickleFormat.name else encoded.data
        write_whole(_with_suffix(path, suffix), data)
        for other in _files(path):
            if other.name != f"{path.name}.{suffix}":
                self.unlink(other)

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Read a value by the ending of its file."""
        found = _files(path)
        if not found:
            raise FileNotFoundError(f"no file {str(path)!r} with an ending of {', '.join(_BY_SUFFIX)}")
        file = max(found, key=lambda each: each.stat().st_mtime)  # of two, the writer of the newer one was stopped
        what = f"{context_name(context)} at {str(file)!r}"
        name = _BY_SUFFIX[file.name.rpartition(".")[2]]
        if name == PickleFormat.name:
            return from_signed_pickle(file.read_bytes(), what, trust=self.trust)
        value = decode(name, file.read_bytes(), what)
        return value[()] if name == NpyFormat.name and not value.ndim else value  # of no dimension are scalars only

    def path_exists(self, path: Any) -> bool:
        """Whether there is a value, in whatever format."""
        return bool(_files(path))

    def _is_own(self, file: Any) -> bool:
        return False  # its own have the ending of their format

    def get_metadata(self, context: OutputContext, obj: Any) -> Mapping[str, Any]:
        """Return the path of the file that was written."""
        written = _files(self._get_path(context))
        return {"path": PathMetadataValue(str(written[0]))} if written else {}


def _with_suffix(path: Any, suffix: str) -> Any:
    return path.with_name(f"{path.name}.{suffix}")


def _files(path: Any) -> list[Any]:
    """Return the files of a value: one; two if a writer was stopped between the new one and the old one's removal."""
    return [file for file in (_with_suffix(path, suffix) for suffix in _BY_SUFFIX) if file.is_file()]
