"""IO managers as classes with typed fields."""

from __future__ import annotations

from notebook_assets.resources.configurable_resource import ConfigurableResource, ConfigurableResourceFactory
from notebook_assets.resources.io_manager import IOManager
from notebook_assets.resources.resource_context import InitResourceContext


class ConfigurableIOManagerFactory(ConfigurableResourceFactory[IOManager]):
    """Typed fields from which :meth:`create_io_manager` makes an IO manager, once for each run.

    >>> from notebook_assets import IOManager
    >>> class Nowhere(IOManager):
    ...     def handle_output(self, context, obj): ...
    ...     def load_input(self, context): ...
    >>> class Store(ConfigurableIOManagerFactory):
    ...     path: str
    ...     def create_io_manager(self, context):
    ...         return Nowhere()
    >>> Store(path="values").process_config_and_initialize().load_input(None)
    """

    def create_io_manager(self, context: InitResourceContext) -> IOManager:
        """Return the IO manager.

        Args:
            context: What is known of the run.
        """
        raise NotImplementedError(f"{type(self).__name__} lacks create_io_manager(self, context), which makes it.")

    def create_resource(self, context: InitResourceContext) -> IOManager:
        """Return the IO manager."""
        return self.create_io_manager(context)


class ConfigurableIOManager(ConfigurableResource[IOManager], IOManager):
    """An IO manager as a class: its fields are its configuration.

    >>> class Texts(ConfigurableIOManager):
    ...     folder: str = "texts"
    ...     def handle_output(self, context, obj):
    ...         print("store", obj, "in", self.folder)
    ...     def load_input(self, context):
    ...         return "text"
    >>> Texts().handle_output(None, "hello")
    store hello in texts
    """
