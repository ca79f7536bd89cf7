"""AssetCheckKey: which check of which asset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey


@dataclass(frozen=True, order=True)
class AssetCheckKey:
    """A check's name together with the key of the asset that it looks at.

    Raises:
        InvalidDefinitionError: The key is no asset key, or the name is no text.

    >>> AssetCheckKey(AssetKey(["warehouse", "daily"]), "no_nulls").to_user_string()
    'warehouse/daily:no_nulls'
    """

    asset_key: AssetKey
    name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        if not isinstance(self.name, str):
            raise InvalidDefinitionError(f"The name of a check is a text; got {self.name!r}.")

    def to_user_string(self) -> str:
        """Return the form that people write: the asset, a colon, the check."""
        return f"{self.asset_key.to_user_string()}:{self.name}"

    @staticmethod
    def from_user_string(user_string: str) -> AssetCheckKey:
        """Return the key for the form that people write.

        Raises:
            InvalidDefinitionError: There is no colon in it.

        >>> AssetCheckKey.from_user_string("daily:no_nulls")
        AssetCheckKey(asset_key=AssetKey(['daily']), name='no_nulls')
        """
        asset, colon, name = user_string.partition(":")
        if not colon:
            raise InvalidDefinitionError(f"A check is written asset:name; got {user_string!r}.")
        return AssetCheckKey(AssetKey.from_user_string(asset), name)

    def replace_asset_key(self, asset_key: AssetKey) -> AssetCheckKey:
        """Return the key of the check of that name of another asset."""
        return AssetCheckKey(asset_key, self.name)

    def with_asset_key_prefix(self, prefix: str | Sequence[str]) -> AssetCheckKey:
        """Return the key of the check of that name of the asset with more parts before its key.

        >>> AssetCheckKey(AssetKey("daily"), "rows").with_asset_key_prefix("raw").to_user_string()
        'raw/daily:rows'
        """
        return AssetCheckKey(self.asset_key.with_prefix(prefix), self.name)
