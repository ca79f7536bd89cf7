"""The kinds of metadata that name something else: an asset, a job, a run, a pool, a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata.value_base import MetadataValue, of_kind
from notebook_assets.metadata.value_checks import shown, taken, words


@of_kind
@dataclass(frozen=True)
class AssetMetadataValue(MetadataValue):
    """Another asset.

    >>> AssetMetadataValue("daily").value
    AssetKey(['daily'])
    """

    kind: ClassVar[str] = "asset"
    asset_key: AssetKey

    def __post_init__(self) -> None:
        key = taken(self.kind, "an asset key", AssetKey.from_coercible, self.asset_key)
        object.__setattr__(self, "asset_key", key)

    @property
    def value(self) -> AssetKey:
        """The asset's key."""
        return self.asset_key

    def plain(self) -> list[str]:
        """Return the parts of the key."""
        return self.asset_key.path


@of_kind
@dataclass(frozen=True)
class JobMetadataValue(MetadataValue):
    """A job, by its name and the place that it is defined in.

    >>> JobMetadataValue("nightly", "weather").job_name
    'nightly'
    """

    kind: ClassVar[str] = "job"
    job_name: str
    location_name: str
    repository_name: str | None = None

    def __post_init__(self) -> None:
        taken(self.kind, "the name of a job", words, self.job_name)
        taken(self.kind, "the name of a place", words, self.location_name)
        taken(self.kind, "the name of a repository, or None", _words_or_none, self.repository_name)

    @property
    def value(self) -> JobMetadataValue:
        """Itself."""
        return self

    def plain(self) -> dict[str, str | None]:
        """Return its names."""
        return asdict(self)

    @classmethod
    def from_plain(cls, data: Any) -> MetadataValue:
        """Return the value for its names."""
        return cls(**taken(cls.kind, "names", dict, data))


@of_kind
@dataclass(frozen=True)
class RunMetadataValue(MetadataValue):
    """A run, by its id.

    >>> RunMetadataValue("20240101-1").run_id
    '20240101-1'
    """

    kind: ClassVar[str] = "run"
    run_id: str

    def __post_init__(self) -> None:
        taken(self.kind, "the id of a run", words, self.run_id)

    @property
    def value(self) -> str:
        """The id."""
        return self.run_id


@of_kind
@dataclass(frozen=True, init=False)
class PoolMetadataValue(MetadataValue):
    """A pool, by its name.

    >>> PoolMetadataValue("database").value
    'database'
    """

    kind: ClassVar[str] = "pool"
    name: str

    def __init__(self, pool: str) -> None:
        object.__setattr__(self, "name", taken(self.kind, "the name of a pool", words, pool))

    @property
    def value(self) -> str:
        """The name."""
        return self.name


@of_kind
@dataclass(frozen=True)
class PythonArtifactMetadataValue(MetadataValue):
    """A function or a class, by its module and its name.

    >>> MetadataValue.python_artifact(sorted)
    PythonArtifactMetadataValue(module='builtins', name='sorted')
    """

    kind: ClassVar[str] = "python_artifact"
    module: str
    name: str

    def __post_init__(self) -> None:
        taken(self.kind, "the name of a module", words, self.module)
        taken(self.kind, "a name", words, self.name)

    @classmethod
    def of(cls, artifact: Callable[..., Any]) -> PythonArtifactMetadataValue:
        """Return the value for a function or a class."""
        module, name = getattr(artifact, "__module__", None), getattr(artifact, "__name__", None)
        if not callable(artifact) or not isinstance(module, str) or not isinstance(name, str):
            raise InvalidDefinitionError(
                f"MetadataValue.python_artifact takes a function or a class that has a name; got {shown(artifact)}."
            )
        return cls(module, name)

    @property
    def value(self) -> PythonArtifactMetadataValue:
        """Itself."""
        return self

    def plain(self) -> list[str]:
        """Return the module and the name."""
        return [self.module, self.name]

    @classmethod
    def from_plain(cls, data: Any) -> MetadataValue:
        """Return the value for the module and the name."""
        module, name = taken(cls.kind, "a module and a name", _pair, data)
        return cls(module, name)


def _words_or_none(value: Any) -> str | None:
    return None if value is None else words(value)


def _pair(data: Any) -> tuple[Any, Any]:
    module, name = data
    return module, name
