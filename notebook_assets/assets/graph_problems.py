"""What is wrong with assets that do not fit together: the errors, and which other assets they concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from notebook_assets.assets.asset_node import AssetNode
from notebook_assets.assets.dependencies import Dependency
from notebook_assets.errors import InvalidDefinitionError, UnknownAssetError, UnknownUpstreamError, did_you_mean
from notebook_assets.keys import AssetKey


def parted(
    things: Iterable[object], problems: Mapping[AssetKey, InvalidDefinitionError]
) -> tuple[list[object], list[AssetKey]]:
    """Return the definitions none of whose assets has a problem, and the assets of the others.

    Args:
        things: The definitions.
        problems: What is wrong, by asset.

    >>> from notebook_assets.assets import AssetSpec
    >>> parted([AssetSpec("a"), AssetSpec("b")], {AssetKey("b"): InvalidDefinitionError("wrong")})[1]
    [AssetKey(['b'])]
    """
    left: list[object] = []
    lost: list[AssetKey] = []
    for thing in things:
        keys = [node.key for node in AssetNode.all_of(thing)]
        if any(key in problems for key in keys):
            lost += keys
        else:
            left.append(thing)
    return left, lost


def unknown_input(key: AssetKey, dependency: Dependency, known: Iterable[AssetKey]) -> UnknownUpstreamError:
    """Return the error for an input that is no asset.

    Args:
        key: The asset that takes it.
        dependency: The input.
        known: The assets that there are.

    >>> error = unknown_input(AssetKey("b"), Dependency(AssetKey("daly"), "daly"), [AssetKey("daily")])
    >>> error.missing
    AssetKey(['daly'])
    """
    asked = dependency.key.to_user_string()
    error = UnknownUpstreamError(
        f"{key} takes the input {dependency.input_name!r}, but there is no asset {asked!r}."
        f"{did_you_mean(asked, [other.to_user_string() for other in known])} Define it, or name the asset by "
        f'ins={{"{dependency.input_name}": AssetIn("...")}}.'
    )
    error.missing = dependency.key
    return error.blaming(key)


def rooted(
    error: InvalidDefinitionError, problems: Mapping[AssetKey, InvalidDefinitionError]
) -> InvalidDefinitionError:
    """Return the error, or the one it comes from: an asset whose upstream can't be used can't be used either.

    Args:
        error: What is wrong.
        problems: What is wrong with other assets.

    >>> str(rooted(InvalidDefinitionError("wrong"), {}))
    'wrong'
    """
    if isinstance(error, UnknownUpstreamError) and error.missing in problems:
        first = str(problems[error.missing])
        return InvalidDefinitionError(f"{error.at_fault[0]} needs {error.missing}, which can't be used: {first}")
    return error


def unknown_asset(asked: AssetKey, known: Iterable[AssetKey]) -> UnknownAssetError:
    """Return the error for a key that no asset has, with near matches.

    Args:
        asked: The key.
        known: The keys that there are.

    >>> "daily" in str(unknown_asset(AssetKey("daly"), [AssetKey("daily")]))
    True
    """
    names = [key.to_user_string() for key in known]
    text = asked.to_user_string()
    there = "" if names else " No asset is defined yet: write one with @asset or %%asset."
    return UnknownAssetError(f"There is no asset {text!r}.{did_you_mean(text, names)}{there}")
