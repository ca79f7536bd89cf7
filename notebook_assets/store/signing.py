"""Signatures of pickles: an HMAC with a key of this user that lies outside every store, as Jupyter signs notebooks."""

from __future__ import annotations

import hmac
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from notebook_assets.errors import StoreError, StoreNotWritableError

SECRET_VARIABLE = "NOTEBOOK_ASSETS_SECRET"  # noqa: S105  (the name of a variable that names a file)
_PURPOSE = b"notebook_assets value 1\0"
_SECRET_BYTES = 32


def sign(data: bytes) -> bytes:
    """Return the signature (32 bytes) of ``data`` by this user's key; the key is made when there is none.

    Raises:
        StoreNotWritableError: There is no key and none can be made.
    """
    secret = _secret_in(os.environ.get(SECRET_VARIABLE), os.environ.get("XDG_DATA_HOME"))
    digest = hmac.new(secret, _PURPOSE, "sha256")
    digest.update(data)
    return digest.digest()


def is_signed(data: bytes, signature: bytes | None) -> bool:
    """Whether ``signature`` is this user's for exactly ``data``."""
    return signature is not None and hmac.compare_digest(sign(data), signature)


def secret_path() -> Path:
    """Return the file that holds this user's key: `NOTEBOOK_ASSETS_SECRET`, or one in the user's data folder."""
    override = os.environ.get(SECRET_VARIABLE)
    return Path(override).expanduser().absolute() if override else _data_folder() / "notebook_assets" / "secret"


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


@cache
def _secret_in(*environment: str | None) -> bytes:
    """Return the key under these settings; working out the path takes longer than signing a small value."""
    return secret_of(secret_path())


def secret_of(path: Path) -> bytes:
    """Return the key in ``path``; a new one is made, readable by its owner alone, where there is none.

    Raises:
        StoreNotWritableError: It can't be made.
        StoreError: It can't be read, or is too short to be a key.
    """
    if not path.exists():
        _make_secret(path)
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise StoreError(f"The key that signs pickles can't be read from {str(path)!r}: {error}.") from error
    if len(secret) < _SECRET_BYTES:
        raise StoreError(
            f"{str(path)!r} holds {len(secret)} bytes; a key that signs pickles has {_SECRET_BYTES} or more. "
            "Delete it to get a new one (pickles that were signed before are then refused)."
        )
    return secret


def _make_secret(path: Path) -> None:
    """Write a new key; where several processes do so at once, the first one's stays."""
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(_SECRET_BYTES))
        _put_first(draft, path)
    except OSError as error:
        raise StoreNotWritableError(
            f"No key to sign pickles with could be written to {str(path)!r}: {error}. "
            f"Name another file in the environment variable {SECRET_VARIABLE}."
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _put_first(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # no hard links on this file system
        if not path.exists():
            draft.replace(path)
