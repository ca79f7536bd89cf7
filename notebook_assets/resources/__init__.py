"""What an asset's function is given beside its inputs: resources, IO managers, configuration, and their contexts.

What builds on pydantic is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from notebook_assets.resources.config_collections import Array, Map, Noneable
from notebook_assets.resources.config_scalars import (
    BoolSource,
    Enum,
    EnumValue,
    IntSource,
    ScalarUnion,
    StringSource,
)
from notebook_assets.resources.config_shapes import Field, Permissive, Selector, Shape
from notebook_assets.resources.env_var import EnvVar
from notebook_assets.resources.io_contexts import InputContext, OutputContext
from notebook_assets.resources.io_manager import IOManager
from notebook_assets.resources.io_manager_definition import (
    InputManager,
    InputManagerDefinition,
    IOManagerDefinition,
    input_manager,
    io_manager,
)
from notebook_assets.resources.memory_io_manager import InMemoryIOManager, mem_io_manager
from notebook_assets.resources.namespace import Resources
from notebook_assets.resources.resource_context import InitResourceContext, build_init_resource_context
from notebook_assets.resources.resource_definition import (
    ResourceDefinition,
    configured,
    make_values_resource,
    resource,
)
from notebook_assets.resources.resource_params import ResourceDependency, ResourceParam
from notebook_assets.resources.resource_setup import ResourceSetup, ResourceView, build_resources

if TYPE_CHECKING:
    from notebook_assets.resources.config_class import Config, PermissiveConfig
    from notebook_assets.resources.configurable_io import ConfigurableIOManager, ConfigurableIOManagerFactory
    from notebook_assets.resources.configurable_resource import ConfigurableResource, ConfigurableResourceFactory

_LATER = {
    "Config": "config_class",
    "PermissiveConfig": "config_class",
    "ConfigurableIOManager": "configurable_io",
    "ConfigurableIOManagerFactory": "configurable_io",
    "ConfigurableResource": "configurable_resource",
    "ConfigurableResourceFactory": "configurable_resource",
}

__all__ = [
    "InMemoryIOManager",
    "mem_io_manager",
    "Array",
    "BoolSource",
    "Config",
    "ConfigurableIOManager",
    "ConfigurableIOManagerFactory",
    "ConfigurableResource",
    "ConfigurableResourceFactory",
    "Enum",
    "EnumValue",
    "EnvVar",
    "Field",
    "IOManager",
    "IOManagerDefinition",
    "InitResourceContext",
    "InputContext",
    "InputManager",
    "InputManagerDefinition",
    "IntSource",
    "Map",
    "Noneable",
    "OutputContext",
    "Permissive",
    "PermissiveConfig",
    "ResourceDefinition",
    "ResourceDependency",
    "ResourceParam",
    "ResourceSetup",
    "ResourceView",
    "Resources",
    "ScalarUnion",
    "Selector",
    "Shape",
    "StringSource",
    "build_init_resource_context",
    "build_resources",
    "configured",
    "input_manager",
    "io_manager",
    "make_values_resource",
    "resource",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    found = getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found
