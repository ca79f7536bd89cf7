"""Paths of values that IO managers keep: plain names as they are, others encoded; local, or by universal-pathlib."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidInvocationError, StoreError
from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import fsspec
    import upath
else:
    fsspec = lazy_module("fsspec")
    upath = lazy_module("upath")

LONGEST_NAME = 200
"""Bytes of the longest name that stays as it is; file systems allow 255, an extension included."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\%\ud800-\udfff]|::|^[A-Za-z]:$")
_UNSAFE_ON_WINDOWS = re.compile(r'[\x00-\x1f\x7f/\\%\ud800-\udfff<>:"|?*]|[ .]$')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # device names on Windows
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NO_NAMES = ("", ".", "..")
_KEPT_OF_LONG = 48
_HAS_PROTOCOL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@lru_cache(maxsize=4096)
def safe_name(text: str, *, windows: bool = os.name == "nt") -> str:
    """Return the file name that stands for a part of an asset key, or a partition key.

    What is harmless stays as it is, as in the reference. Else the bytes of its UTF-8 form that do harm become ``%XX``:
    slashes, control characters, ``%`` itself, what Windows forbids (there). What is too long is cut, and ends in
    ``%%`` and a digest. So no two texts have one name, and none leads elsewhere.

    Args:
        text: The text.
        windows: Whether the rules of Windows hold too.

    >>> safe_name("2024-01-01-05:00"), safe_name(".."), safe_name("a/b"), safe_name("50%")
    ('2024-01-01-05:00', '%2E%2E', 'a%2Fb', '50%25')
    >>> safe_name("05:00", windows=True)
    '05%3A00'
    """
    name = _encoded(text, windows)
    if len(name.encode()) <= LONGEST_NAME:
        return name
    start = name.encode()[:_KEPT_OF_LONG].decode(errors="ignore").partition("%")[0]
    return f"{start}%%{hashlib.blake2b(_raw(text), digest_size=20).hexdigest()}"


def _encoded(text: str, windows: bool) -> str:
    if text in _NO_NAMES or (windows and _RESERVED.fullmatch(text)):
        return _by_bytes(text) or "%%"
    name = (_UNSAFE_ON_WINDOWS if windows else _UNSAFE).sub(lambda match: _by_bytes(match[0]), text)
    if unicodedata.is_normalized("NFC", text):
        return name
    return _NOT_ASCII.sub(lambda match: _by_bytes(match[0]), name)  # some file systems take both forms for one name


def _by_bytes(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in _raw(text))


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def plain_path(text: str) -> str | None:
    """Return the path that the reference has for a partition key with slashes, where that leads nowhere else.

    ``None`` for a key without slashes, and where a part of it would have to be encoded.

    >>> plain_path("owner/name"), plain_path("../name"), plain_path("name")
    ('owner/name', None, None)
    """
    parts = text.split("/")
    return text if len(parts) > 1 and all(safe_name(part) == part for part in parts) else None


def base_of(given: Any) -> Any:
    """Return the folder that ``given`` names: a path of the standard library, or one of universal-pathlib.

    Args:
        given: A path, or a text: a local path, or an address with a protocol, such as ``"s3://bucket/values"``.

    Raises:
        InvalidInvocationError: It is none of these, or what it takes is not installed.

    >>> base_of("values").name
    'values'
    """
    if isinstance(given, str):
        return remote(given) if _HAS_PROTOCOL.match(given) else Path(given).expanduser()
    if not callable(getattr(given, "joinpath", None)):
        raise InvalidInvocationError(
            f'The folder of an IO manager is a path, or a text such as "values" or "s3://bucket/values"; got {given!r}.'
        )
    return given


def texts_of_paths(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an IO manager with local paths as texts, which is what configurations have.

    >>> texts_of_paths({"base_dir": Path("values"), "trust": True})
    {'base_dir': 'values', 'trust': True}
    """
    return {name: os.fspath(each) if isinstance(each, os.PathLike) else each for name, each in fields.items()}


def remote(address: str) -> Any:
    """Return the path for an address with a protocol.

    Raises:
        InvalidInvocationError: universal-pathlib, or what it needs for the protocol, is not installed.

    >>> str(remote("memory://values/daily"))
    'memory://values/daily'
    """
    try:
        path = upath.UPath(address)
        path.fs  # noqa: B018  (what it needs for the protocol is imported here)
    except (ImportError, ValueError) as error:
        raise InvalidInvocationError(
            f"{address!r} can't be used: {error}. pip install 'notebook-assets[remote]' brings what addresses with a "
            "protocol need; s3:// needs s3fs, gs:// gcsfs, az:// adlfs besides."
        ) from None
    return path


def filesystem_of(path: Any) -> Any:
    """Return the fsspec file system of a path.

    Raises:
        InvalidInvocationError: The path is local, and fsspec is not installed.

    >>> filesystem_of(remote("memory://values")).protocol
    'memory'
    """
    found = getattr(path, "fs", None)
    if found is not None:
        return found
    try:
        return fsspec.filesystem("file")
    except ImportError as error:
        raise InvalidInvocationError("fs is of fsspec: pip install 'notebook-assets[remote]'.") from error


def below(base: Any, names: Iterable[str]) -> Any:
    """Return the path under ``base`` that these names lead to, which are safe ones.

    >>> below(Path("values"), ["raw", "daily"]).as_posix()
    'values/raw/daily'
    """
    for name in names:
        base = base / name
    return base


def write_whole(path: Any, data: bytes) -> None:
    """Write a file so that nobody sees a part of it: locally under another name first; elsewhere as the system does.

    Raises:
        StoreError: There is a folder of that name.
        OSError: It can't be written; what was there before is still there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "value"), b"123")
    ...     Path(folder, "value").read_bytes()
    b'123'
    """
    if not isinstance(path, Path) or getattr(path, "protocol", "") not in ("", "file", "local"):
        with path.open("wb") as file:
            file.write(data)
        return
    draft = Path(path.parent, f".{os.urandom(8).hex()}.part")
    try:
        with draft.open("xb") as file:
            file.write(data)
        os.replace(draft, path)
    except IsADirectoryError as error:
        raise StoreError(
            f"{str(path)!r} is a folder, in which the values of partitions are: what is to be stored has none any "
            "more. Move or remove the folder first."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
