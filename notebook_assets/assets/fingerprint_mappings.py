"""The code of custom partition mappings: a part of the code of the assets that use them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from notebook_assets.assets.dependencies import Dependency
from notebook_assets.assets.fingerprint import CodeFingerprint, code_fingerprint
from notebook_assets.assets.fingerprint_source import hex_digest

_MARK = "~"
"""Stands between the code of an asset's function and that of its mappings."""
_CODE = re.compile(rf"([0-9a-f]{{16}})({_MARK}[0-9a-f]{{16}})?(\+[0-9a-f]+)?")


def with_mappings(code: CodeFingerprint, dependencies: Iterable[Dependency]) -> CodeFingerprint:
    """Return the identity of a function's code together with that of the custom mappings of its inputs.

    Built-in mappings and tables are no code: what they change is noticed as other partitions that are needed.

    Args:
        code: The function's.
        dependencies: What the asset is made from.

    >>> with_mappings(CodeFingerprint("40f8", {}), []).digest
    '40f8'
    """
    parts, unknown, digests, named = dict(code.parts), list(code.unknown), [], dict(code.named)
    for dependency in dependencies:
        for number, fn in enumerate(dependency.mapping.code_functions() if dependency.mapping else ()):
            found = code_fingerprint(fn)
            name = f"partition mapping of {dependency.key}" + (f" ({number + 1})" if number else "")
            digests.append(f"{dependency.key.to_user_string()} {found.digest}")
            parts[name] = f"mapping:{found.digest}"
            named[name] = fn
            unknown += [f"{name}: {what}" for what in found.unknown]
    if not digests:
        return code
    digest = f"{code.digest}{_MARK}{hex_digest(chr(10).join(sorted(set(digests))))}"
    return CodeFingerprint(digest, dict(sorted(parts.items())), tuple(unknown), named)


def differs_in_mappings_only(one: str, other: str) -> bool:
    """Whether two codes of an asset differ in nothing but the code of its partition mappings.

    >>> differs_in_mappings_only("40f89e395b66422f~40f89e395b66422a+3", "40f89e395b66422f~40f89e395b66422b+3")
    True
    >>> differs_in_mappings_only("version~1", "version~2")
    False
    """
    found = _CODE.fullmatch(one), _CODE.fullmatch(other)
    return one != other and None not in found and len({each.group(1, 3) for each in found if each}) == 1
