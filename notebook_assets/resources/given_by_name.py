"""GivenByName: classes whose fields are given by name, and that say so where one is not."""

from __future__ import annotations

import inspect
from typing import Any, Self


class GivenByName:
    """A base of classes with ``model_fields``; one whose own ``__init__`` takes more than names is left alone.

    >>> from notebook_assets import ConfigurableResource
    >>> class Files(ConfigurableResource):
    ...     folder: str
    >>> Files("values")
    Traceback (most recent call last):
    ...
    TypeError: Files takes what it is given by name: Files(folder=...).
    """

    def __new__(cls, *places: Any, **fields: Any) -> Self:
        """Make one.

        Raises:
            TypeError: Something is given without a name.
        """
        taken = list(inspect.signature(cls.__init__).parameters.values())[1:] if places else []
        if taken and all(each.kind in (each.KEYWORD_ONLY, each.VAR_KEYWORD) for each in taken):
            known = ", ".join(f"{each}=..." for each in getattr(cls, "model_fields", ()))
            raise TypeError(f"{cls.__name__} takes what it is given by name: {cls.__name__}({known}).")
        return super().__new__(cls)
