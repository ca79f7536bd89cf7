"""In, Out, DynamicOut, GraphIn, GraphOut: more about the inputs and outputs of ops and graphs than their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from notebook_assets.assets import declared_type
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.arguments import check_mapping, check_text


class _NoDefault:
    """The absence of a default, where ``None`` would be one."""

    def __repr__(self) -> str:
        return "NO_DEFAULT"

    def __reduce__(self) -> str:  # a copy of it is the mark itself
        return "NO_DEFAULT"


NO_DEFAULT: Final = _NoDefault()


@dataclass(frozen=True)
class In:
    """More about an input of an op.

    Args:
        dagster_type: The type of its values; ``Nothing`` for an input that only waits.
        description: For people to read.
        default_value: Used where nothing is connected; a parameter's own default serves as well.
        metadata: Names and values.
        asset_key: The asset that it comes from; kept.
        asset_partitions: Which partitions of it; kept.
        input_manager_key: The resource that loads it, in place of what another op gave.

    Raises:
        InvalidDefinitionError: One of these can't be such.

    >>> In(int, default_value=3).default_value
    3
    """

    dagster_type: Any = NO_DEFAULT
    description: str | None = None
    default_value: Any = NO_DEFAULT
    metadata: Mapping[str, Any] | None = None
    asset_key: Any = None
    asset_partitions: Any = None
    input_manager_key: str | None = None

    def __post_init__(self) -> None:
        if self.dagster_type is not NO_DEFAULT:
            declared_type(self.dagster_type, "In")
        check_mapping(self.metadata, "In: metadata", '{"unit": "m"}')
        check_text(self.input_manager_key, "In: input_manager_key", '"warehouse"')
        check_text(self.description, "In: description", '"the raw rows"')
        if not (self.asset_key is None or isinstance(self.asset_key, AssetKey) or callable(self.asset_key)):
            raise InvalidDefinitionError(
                f"In: asset_key is an AssetKey, or a function that gives one; got {self.asset_key!r}."
            )
        if not (self.asset_partitions is None or isinstance(self.asset_partitions, AbstractSet | Callable)):
            raise InvalidDefinitionError(
                f"In: asset_partitions is a set of keys, or a function that gives one; got {self.asset_partitions!r}."
            )

    @property
    def waits_only(self) -> bool:
        """Whether it hands no value over."""
        return is_nothing(self.dagster_type)

    @property
    def has_default(self) -> bool:
        """Whether there is a default."""
        return self.default_value is not NO_DEFAULT


@dataclass(frozen=True)
class Out:
    """More about an output of an op.

    Args:
        dagster_type: The type of its values.
        description: For people to read.
        is_required: Whether it is an error if the op does not give it; where it is not, what needs it is skipped.
        io_manager_key: The resource that stores it, and loads it for the ops that take it; by default it is handed on
            as it is, unless the job has a resource ``io_manager``.
        metadata: Names and values.
        code_version: The version of the code that makes it.

    >>> Out(is_required=False).is_required
    False
    """

    dagster_type: Any = NO_DEFAULT
    description: str | None = None
    is_required: bool = True
    io_manager_key: str | None = None
    metadata: Mapping[str, Any] | None = None
    code_version: str | None = None

    is_dynamic: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.dagster_type is not NO_DEFAULT:
            declared_type(self.dagster_type, "Out")
        check_text(self.io_manager_key, "Out: io_manager_key", '"warehouse"')
        check_mapping(self.metadata, "Out: metadata", '{"unit": "m"}')
        normalize_metadata(self.metadata, "Out metadata")
        if not isinstance(self.is_required, bool):
            raise InvalidDefinitionError(f"Out: is_required is True or False; got {self.is_required!r}.")


@dataclass(frozen=True)
class DynamicOut(Out):
    """An output that is given any number of times, each under a key of its own, as :class:`DynamicOutput`.

    In a graph, ``.map`` runs ops on each of the values, and ``.collect()`` hands all of them over as a list.

    >>> DynamicOut().is_dynamic
    True
    """

    is_dynamic: ClassVar[bool] = True


@dataclass(frozen=True)
class GraphIn:
    """More about an input of a graph.

    >>> GraphIn("the raw rows").description
    'the raw rows'
    """

    description: str | None = None


@dataclass(frozen=True)
class GraphOut:
    """More about an output of a graph.

    >>> GraphOut("the clean rows").description
    'the clean rows'
    """

    description: str | None = None
