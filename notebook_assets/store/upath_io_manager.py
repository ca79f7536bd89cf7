"""UPathIOManager: a base for IO managers that keep each value in a file, on a local disk or wherever fsspec reaches."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from notebook_assets.metadata import PathMetadataValue
from notebook_assets.partitions import MultiPartitionKey, MultiPartitionsDefinition
from notebook_assets.resources import InputContext, IOManager, OutputContext
from notebook_assets.store.giving_way import giving_way, in_the_way
from notebook_assets.store.no_value import FileNotThereError
from notebook_assets.store.together_awaited import awaited, awaited_all
from notebook_assets.store.upath_hooks import ALLOW_MISSING, Context, UPathHooks, context_name
from notebook_assets.store.value_paths import base_of, below, filesystem_of, plain_path, safe_name


class UPathIOManager(UPathHooks, IOManager):
    """Keeps each value in a file; a subclass says how one is written and read.

    A value is at ``BASE/asset``, or ``BASE/asset/partition`` (one folder more for each dimension), with the
    ``extension``. Parts of keys that are no harmless names are encoded. Paths are those of the standard library for a
    local folder, and of universal-pathlib for addresses such as ``"s3://bucket/values"``.

    Several partitions are loaded as a dict by key, and may be stored at once, as a dict by key. Where the metadata of
    the input has ``allow_missing_partitions=True``, those that have no file are left out. A ``load_from_path`` that is
    ``async`` is awaited, for all partitions at once.

    Args:
        base_path: The folder: a path or a text; by default the working directory.

    Raises:
        InvalidInvocationError: It is no path, or what an address needs is not installed.

    >>> import tempfile
    >>> from notebook_assets import Instance, asset, materialize
    >>> class Texts(UPathIOManager):
    ...     extension = ".txt"
    ...     def dump_to_path(self, context, obj, path):
    ...         path.write_text(obj)
    ...     def load_from_path(self, context, path):
    ...         return path.read_text()
    >>> @asset(key_prefix="letters")
    ... def greeting():
    ...     return "hello"
    >>> folder = tempfile.TemporaryDirectory()
    >>> texts = {"io_manager": Texts(folder.name)}
    >>> _ = materialize([greeting], instance=Instance.ephemeral(), resources=texts, progress=False)
    >>> from pathlib import Path
    >>> Path(folder.name, "letters", "greeting.txt").read_text()
    'hello'
    >>> folder.cleanup()
    """

    extension: ClassVar[str | None] = None
    """What file names end in, such as ``".txt"``."""

    def __init__(self, base_path: Any = None) -> None:
        self._base_path = base_of("." if base_path is None else base_path)

    @abstractmethod
    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write a value to the file at ``path``, whose folder is there."""

    @abstractmethod
    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Return the value in the file at ``path``."""

    # What IO managers do

    @property
    def fs(self) -> Any:
        """The fsspec file system of the base folder."""
        return filesystem_of(self._base_path)

    @property
    def storage_options(self) -> Mapping[str, Any]:
        """The options of that file system."""
        return dict(getattr(self._base_path, "storage_options", {}))

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Store a value, or the values of several partitions."""
        folder = self._asset_path(context)
        if context.partition_keys and not context.has_partition_key:
            for key, value in self.value_by_partition(context, obj).items():
                self._dump(context, value, self._path_of(context, key))
            context.add_output_metadata({"path": PathMetadataValue(str(folder))})
            return
        path = self._get_path(context)
        self._dump(context, obj, path)
        context.add_output_metadata({"path": PathMetadataValue(str(path)), **self.get_metadata(context, obj)})

    def load_input(self, context: InputContext) -> Any:
        """Load a value, or those of several partitions, as a dict by key.

        Raises:
            FileNotThereError: There is no file; it is a ``FileNotFoundError`` and a ``ValueNotFoundError``.
        """
        if context.partition_keys and not context.has_partition_key:
            return self.load_partitions(context)
        if not context.partition_keys and context.has_asset_partitions:
            return {}
        key = context.partition_key if context.has_partition_key else None
        path = self._path_of(context, key)
        context.log.debug(self.get_loading_input_log_message(path))
        try:
            return self._load(context, key)
        except FileNotFoundError:
            if key is None or not self._may_miss(context):
                raise
            context.log.warning(self.get_missing_partition_log_message(key))
            return None

    def load_partitions(self, context: InputContext) -> dict[str, Any]:
        """Load the values of several partitions, by key."""
        if inspect.iscoroutinefunction(self.load_from_path):
            found: dict[str, Any] = awaited(self.load_partitions_async(context))
            return found
        values: dict[str, Any] = {}
        for key in context.asset_partition_keys:
            context.log.debug(self.get_loading_input_partition_log_message(self._path_of(context, key), key))
            try:
                values[key] = self._load(context, key)
            except FileNotFoundError as error:
                self._note_missing(context, key, error)
        return values

    async def load_partitions_async(self, context: InputContext) -> dict[str, Any]:
        """Load the values of several partitions, by key, all at once; for a ``load_from_path`` that is ``async``."""
        keys = context.asset_partition_keys
        for key in keys:
            context.log.debug(self.get_loading_input_partition_log_message(self._path_of(context, key), key))
        found = await awaited_all([self._load_awaiting(context, key) for key in keys])
        values: dict[str, Any] = {}
        for key, (value, error) in zip(keys, found, strict=True):
            if error is None:
                values[key] = value
            else:
                self._note_missing(context, key, error)
        return values

    def has_output(self, context: OutputContext) -> bool:
        """Whether there is a file for an output."""
        return self.path_exists(self._get_path(context))

    def has_input(self, context: InputContext) -> bool:
        """Whether there is a file for an input, of an asset without partitions or of one partition."""
        key = context.partition_keys[0] if context.partition_keys else None
        return self.path_exists(self._path_of(context, key)) or self._other_path(context, key) is not None

    # Paths

    def place_of(self, context: Context, partition: str | None) -> Any:
        """Return the path of a piece: two that have one path are refused in a run."""
        return self._path_of(context, partition)

    def _asset_path(self, context: Context) -> Any:
        of_asset = context.has_asset_key
        relative = self.get_asset_relative_path(context) if of_asset else self.get_op_output_relative_path(context)
        return self._base_path / (relative.as_posix() if hasattr(relative, "as_posix") else str(relative))

    def _get_path(self, context: Context) -> Any:
        """Return where the value is, of an asset without partitions or of one partition."""
        return self._path_of(context, context.partition_keys[0] if context.partition_keys else None)

    def _get_paths_for_partitions(self, context: Context) -> dict[str, Any]:
        """Return where the values of several partitions are, by key."""
        return {key: self._path_of(context, key) for key in context.asset_partition_keys}

    def _path_of(self, context: Context, key: str | None) -> Any:
        path = self._asset_path(context)
        if key is None or not context.has_asset_key:
            return self._with_extension(path)
        return self._with_extension(self.get_path_for_partition(context, path, "/".join(_names(context, key))))

    def _with_extension(self, path: Any) -> Any:
        return path.with_name(path.name + self.extension) if self.extension else path

    # Files

    def _dump(self, context: OutputContext, value: Any, path: Any) -> None:
        with self._room(context, path):
            context.log.debug(self.get_writing_output_log_message(path))
            self.dump_to_path(context=context, obj=value, path=path)

    def _room(self, context: OutputContext, path: Any) -> AbstractContextManager[None]:
        """Make the folder of a file; where the asset had no partitions before, its file gives way for the new one.

        Raises:
            StoreError: Another file stands where the folder has to be.
        """
        try:
            self.make_directory(path.parent)
        except (FileExistsError, NotADirectoryError):
            before = self._asset_path(context)
            if not context.partition_keys or not before.is_file() or not self._is_own(before):
                error = in_the_way(self._base_path, path.parent, context_name(context))
                if error is not None:
                    raise error from None
                self.make_directory(path.parent)  # another writer put the file aside meanwhile
                return nullcontext()
            context.log.warning(
                "%s had no partitions when %s was written; that file gives way to a folder for its partitions.",
                context.asset_key.to_user_string(),
                before,
            )
            return giving_way(before, lambda: self.make_directory(path.parent), self.unlink)
        return nullcontext()

    def _is_own(self, file: Any) -> bool:
        """Whether a file called as an asset is a value that was stored here: what has an extension is not called so."""
        return self.extension is None

    def _load(self, context: InputContext, key: str | None) -> Any:
        if inspect.iscoroutinefunction(self.load_from_path):
            return awaited(self._load_awaiting(context, key))
        path = self._path_of(context, key)
        try:
            return self.load_from_path(context=context, path=path)
        except FileNotFoundError as error:
            other = self._where_else(context, key, path, error)
        return self.load_from_path(context=context, path=other)

    async def _load_awaiting(self, context: InputContext, key: str | None) -> Any:
        path = self._path_of(context, key)
        try:
            return await self.load_from_path(context=context, path=path)
        except FileNotFoundError as error:
            other = self._where_else(context, key, path, error)
        return await self.load_from_path(context=context, path=other)

    def _where_else(self, context: InputContext, key: str | None, path: Any, error: FileNotFoundError) -> Any:
        """Return where the reference has the value of a key that has another path here; else raise what it lacks."""
        if self.path_exists(path):
            raise error  # what was not found is something else
        other = self._other_path(context, key)
        if other is None:
            raise _not_there(context, key, path) from None
        return other

    def _other_path(self, context: InputContext, key: str | None) -> Any:
        """Return the file that the reference has for a key where another one is meant here; None if there is none."""
        if key is None or not context.has_asset_key:
            return None
        plain = plain_path(key) or safe_name(key)  # the reference once joined the keys of dimensions by |
        other = self._with_extension(below(self._asset_path(context), plain.split("/")))
        return other if other != self._path_of(context, key) and other.is_file() else None

    def _may_miss(self, context: InputContext) -> bool:
        return bool(context.definition_metadata.get(ALLOW_MISSING))

    def _note_missing(self, context: InputContext, key: str, error: Exception) -> None:
        """Warn of a partition that has no file; raise the error where none may lack, or it is another one."""
        if not isinstance(error, FileNotFoundError) or not self._may_miss(context):
            raise error
        context.log.warning(self.get_missing_partition_log_message(key))


def _names(context: Context, key: str) -> Sequence[str]:
    """Return the names of the folders and the file for a partition key: one for each dimension."""
    several = isinstance(key, MultiPartitionKey) or isinstance(context.asset_partitions_def, MultiPartitionsDefinition)
    return [safe_name(part) for part in (key.split("|") if several else [key])]


def _not_there(context: InputContext, key: str | None, path: Any) -> FileNotThereError:
    name = context.asset_key.to_user_string() if context.has_asset_key else "/".join(context.get_identifier())
    piece = name if key is None else f"{name}[{key}]"
    return FileNotThereError(f"{piece} has no file at {str(path)!r}: it was never stored there, or removed.")
