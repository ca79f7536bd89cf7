"""What an archive of a store is made of: its files, their names, and the manifest that vouches for them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.errors import StoreError

ARCHIVE_FORMAT = "notebook_assets archive"
ARCHIVE_VERSION = 2
MANIFEST = "manifest.json"
ASSETS = "assets.jsonl"
RUNS = "runs.jsonl"
EVENTS = "events.jsonl"
DYNAMIC = "dynamic_partitions.jsonl"
FAILURES = "failures.jsonl"
CHECKS = "checks.jsonl"
OBSERVATIONS = "observations.jsonl"
OUTPUTS = "outputs.jsonl"
CODES = "codes.jsonl"
TABLES = (ASSETS, RUNS, EVENTS, DYNAMIC, FAILURES, CHECKS, OBSERVATIONS, OUTPUTS, CODES)
"""Files with a row a line, each a JSON object."""

LARGEST_TABLE = 2 * 1024**3
"""Bytes of the largest table that is read: some millions of rows."""
LONGEST_LINE = 32 * 1024**2
LARGEST_MANIFEST = 512 * 1024**2
CHUNK_BYTES = 1024**2

_VALUE_NAME = re.compile(r"values/[0-9]{1,19}\.[a-z]{1,16}")


class ArchiveFaultError(StoreError):
    """What is wrong with an archive, as the end of a sentence; :class:`Archive` says the whole of it."""


class NewerArchiveError(ArchiveFaultError):
    """It was written by a newer version of this package."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file of an archive as its manifest has it: its size in bytes, and a digest of them.

    >>> ArchivedFile(3, "00").size
    3
    """

    size: int
    digest: str


def value_name(event: int, suffix: str) -> str:
    """Return the name of the file with the value of an event.

    >>> value_name(7, "json")
    'values/7.json'
    """
    return f"values/{event}.{suffix}"


def new_hash() -> hashlib.blake2b:
    """Return what the digests of the manifest are made with."""
    return hashlib.blake2b(digest_size=32)


def manifest_text(files: Mapping[str, ArchivedFile], about: Mapping[str, Any]) -> str:
    """Return the manifest of an archive with these files.

    >>> '"version": 2' in manifest_text({}, {})
    True
    """
    listed = {name: {"size": file.size, "digest": file.digest} for name, file in files.items()}
    content = {"format": ARCHIVE_FORMAT, "version": ARCHIVE_VERSION, **about, "files": listed}
    return json.dumps(content, indent=1)


def read_manifest(text: str) -> dict[str, ArchivedFile]:
    """Return the files that a manifest names.

    Raises:
        NewerArchiveError: It was written by a newer version of this package.
        ArchiveFaultError: It is no manifest, or names files that no archive has.

    >>> read_manifest(manifest_text({"runs.jsonl": ArchivedFile(0, "00")}, {}))["runs.jsonl"].size
    0
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArchiveFaultError(f"its manifest is no JSON: {error}") from error
    if not isinstance(content, dict) or content.get("format") != ARCHIVE_FORMAT:
        raise ArchiveFaultError(f"its manifest is not that of a {ARCHIVE_FORMAT}")
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < ARCHIVE_VERSION:
        raise ArchiveFaultError(f"its manifest has the version {version!r}")
    if version > ARCHIVE_VERSION:
        raise NewerArchiveError(
            f"it has version {version}, and this notebook_assets knows versions up to {ARCHIVE_VERSION}: upgrade the "
            "package"
        )
    listed = content.get("files")
    if not isinstance(listed, dict):
        raise ArchiveFaultError("its manifest names no files")
    return {name: _file(name, about) for name, about in listed.items()}


def _file(name: str, about: Any) -> ArchivedFile:
    if name not in TABLES and not _VALUE_NAME.fullmatch(name):
        raise ArchiveFaultError(f"its manifest names the file {name!r}, which no archive has")
    size, digest = (about.get("size"), about.get("digest")) if isinstance(about, dict) else (None, None)
    if not isinstance(size, int) or isinstance(size, bool) or size < 0 or not isinstance(digest, str):
        raise ArchiveFaultError(f"its manifest says nothing that can be of {name!r}: {about!r}")
    return ArchivedFile(size, digest)
