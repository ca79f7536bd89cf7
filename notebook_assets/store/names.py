"""File names for keys: reversible, of bounded length, and different on every file system for different keys.

Letters, digits, ``_`` and ``-`` stay; every other byte of the UTF-8 form becomes ``=xx``. Where the name has upper-case
letters, ``~`` and a hexadecimal mask of their places follow, so that names that differ only in case differ on file
systems that ignore it. The empty key is ``=``. What would be longer than `LONGEST_NAME` is cut and ended by ``~~`` and
a digest of the whole key; such a name can't be read back, the store's row holds the key.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

LONGEST_NAME = 100
"""Characters of the longest name; with a token and a suffix it stays below the 143 that encrypted folders allow."""

_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(~.*)?", re.IGNORECASE)  # device names on Windows
_ESCAPE = re.compile(rb"=([0-9a-f]{2})")
_KEPT_OF_LONG = 48


@lru_cache(maxsize=4096)
def file_name_for(key: str) -> str:
    """Return the file name (without a suffix) that stands for ``key``.

    >>> file_name_for("2013-01-01"), file_name_for("../x"), file_name_for("EWR"), file_name_for("con")
    ('2013-01-01', '=2e=2e=2fx', 'EWR~7', '=63on')
    """
    if not key:
        return "="
    raw = key.encode("utf-8", "surrogatepass")
    body = _UNSAFE.sub(lambda match: b"=%02x" % match[0][0], raw).decode("ascii")
    if _RESERVED.fullmatch(body):
        body = f"={ord(body[0]):02x}{body[1:]}"
    mask = sum(1 << place for place, letter in enumerate(body) if letter.isupper()) if len(body) <= LONGEST_NAME else 0
    name = f"{body}~{mask:x}" if mask else body
    if len(name) <= LONGEST_NAME:
        return name
    return f"{body[:_KEPT_OF_LONG]}~~{hashlib.blake2b(raw, digest_size=20).hexdigest()}"


def key_of_file_name(name: str) -> str | None:
    """Return the key that :func:`file_name_for` made ``name`` of, or ``None`` for one that was too long to be kept.

    A file system that has changed the case of the letters does no harm.

    >>> key_of_file_name("=2e=2e=2fx"), key_of_file_name("ewr~7")
    ('../x', 'EWR')
    """
    if "~~" in name:
        return None
    if name == "=":
        return ""
    body, _, mask = name.partition("~")
    if mask:
        bits = int(mask, 16)
        body = "".join(c.upper() if bits >> place & 1 else c.lower() for place, c in enumerate(body))
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), body.encode()).decode("utf-8", "surrogatepass")
