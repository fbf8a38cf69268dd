"""JSON merge patches (RFC 7396) of what callers send, derived from the whole."""

import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import MISSING, AfterValidator, BaseModel


def open_to_patches(schema: type[BaseModel]) -> None:
    """Let every field of a schema be absent, and those of objects inside it be null as well."""
    for field in schema.model_fields.values():
        field.annotation = _or_missing(_partial_of(field.annotation))
        field.default, field.default_factory = MISSING, None
    schema.__pydantic_decorators__.model_validators.clear()


def _or_missing(annotation: Any) -> Any:
    return Union[annotation, MISSING]  # noqa: UP007  MISSING is no type


def _partial_of(annotation: Any) -> Any:
    """The same annotation with objects replaced by their own merge patch; lists stay whole."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _patch_of(annotation)
    if get_origin(annotation) is dict:
        key, value = get_args(annotation)
        return dict[key, value | None]  # type: ignore[valid-type]  # made at run time
    if get_origin(annotation) in (Union, types.UnionType):
        return Union[tuple(_partial_of(part) for part in get_args(annotation))]  # noqa: UP007  made at run time
    return annotation


_patches: dict[type[BaseModel], type[BaseModel]] = {}


def _patch_of(schema: type[BaseModel]) -> type[BaseModel]:
    if schema not in _patches:
        # A patch may name one language only, so what the whole may not be does not hold for it.
        about = {name: said for name, said in _extra(schema).items() if name != "not"}
        members = {
            "__module__": schema.__module__,
            "model_config": {"json_schema_extra": about, "defer_build": True},
        }
        patch: Any = type(f"{schema.__name__}Patch", (schema,), members)
        for field in patch.model_fields.values():
            if any(isinstance(mark, AfterValidator) for mark in field.metadata):
                # Asked of values alone: null removes.
                field.annotation = Annotated[field.annotation, *field.metadata]
                field.metadata = []
            field.annotation = field.annotation | None
        open_to_patches(patch)
        _patches[schema] = patch
    return _patches[schema]


def _extra(schema: type[BaseModel]) -> dict[str, Any]:
    extra = schema.model_config.get("json_schema_extra")
    return extra if isinstance(extra, dict) else {}


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396: objects merge, null removes, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(_of_kind(result.get(name), value), value)
    return result


def _of_kind(target: Any, patch: Any) -> Any:
    """An object that says its `kind` has the members of that kind alone."""
    if isinstance(target, dict) and isinstance(patch, dict):
        is_other = patch.get("kind", target.get("kind")) != target.get("kind")
        return {} if is_other else target
    return target
