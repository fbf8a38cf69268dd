"""Models whose checks are built where they are first needed, once."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema


class BuiltOnce(BaseModel):
    """Built at first use, and before whatever holds it: that then refers to it, where it would
    build one more of its own. So does FastAPI, which checks what a route takes by itself.
    """

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def model_rebuild(cls, *, _parent_namespace_depth: int = 2, **how: Any) -> bool | None:
        """As Pydantic does it."""
        _in_the_making.add(cls)
        try:
            depth = _parent_namespace_depth + 1  # this one
            return super().model_rebuild(_parent_namespace_depth=depth, **how)
        finally:
            _in_the_making.discard(cls)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if not cls.__pydantic_complete__ and cls not in _in_the_making:
            cls.model_rebuild()
        return handler(source)


_in_the_making: set[type[BuiltOnce]] = set()
