"""What is wrong with a value, in English and Vietnamese: the words for every code of Pydantic."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from sonla_api.kit.problems import BadRequest, FieldError, Invalid, Problem
from sonla_api.kit.text import Message

_WORDS = {
    "missing": Message("this field is required", "thiếu trường bắt buộc"),
    "extra_forbidden": Message("there is no such field", "không có trường này"),
    "string_type": Message("a text is expected", "cần một chuỗi ký tự"),
    "string_unicode": Message("the text is not valid Unicode", "chuỗi không phải Unicode hợp lệ"),
    "string_too_short": Message("at least {min_length} characters", "ít nhất {min_length} ký tự"),
    "string_too_long": Message("at most {max_length} characters", "tối đa {max_length} ký tự"),
    "string_pattern_mismatch": Message(
        "the text must match {pattern}", "chuỗi phải khớp với {pattern}"
    ),
    "enum": Message("one of {expected}", "một trong {expected}"),
    "literal_error": Message("one of {expected}", "một trong {expected}"),
    "uuid_type": Message("an id is a UUID", "id là một UUID"),
    "uuid_parsing": Message("an id is a UUID", "id là một UUID"),
    "int_type": Message("a whole number is expected", "cần một số nguyên"),
    "int_parsing": Message("a whole number is expected", "cần một số nguyên"),
    "int_parsing_size": Message("the number is too large", "số quá lớn"),
    "float_type": Message("a number is expected", "cần một số"),
    "bool_type": Message("true or false is expected", "cần true hoặc false"),
    "bool_parsing": Message("true or false is expected", "cần true hoặc false"),
    "list_type": Message("a list is expected", "cần một danh sách"),
    "dict_type": Message("an object is expected", "cần một đối tượng"),
    "model_type": Message("an object is expected", "cần một đối tượng"),
    "model_attributes_type": Message("an object is expected", "cần một đối tượng"),
    "too_short": Message("at least {min_length} elements", "ít nhất {min_length} phần tử"),
    "too_long": Message("at most {max_length} elements", "tối đa {max_length} phần tử"),
    "greater_than_equal": Message("at least {ge}", "ít nhất {ge}"),
    "less_than_equal": Message("at most {le}", "tối đa {le}"),
    "date_from_datetime_parsing": Message(
        "a day is written as in 2025-06-26", "ngày được viết như 2025-06-26"
    ),
    "date_parsing": Message("a day is written as in 2025-06-26", "ngày được viết như 2025-06-26"),
    "json_invalid": Message("the body is not valid JSON", "nội dung không phải JSON hợp lệ"),
}
_OTHER = Message("the value does not fit ({code})", "giá trị không phù hợp ({code})")
_TOLD = 100
_NOT_UNDERSTOOD = {"json_invalid", "unknown_parameter", "unknown_sort"}
"""Errors in the request itself: 400 rather than 422."""


def of_validation(errors: Iterable[Any]) -> Problem:
    """The problem that validation errors of Pydantic stand for, one entry a place.

    A body may have more faults than anybody reads: the first are told.
    """
    found: dict[str, FieldError] = {}
    understood = True
    for error in islice(errors, _TOLD):
        code = error["type"]
        understood = understood and code not in _NOT_UNDERSTOOD
        pointer = _pointer(error["loc"]) + error.get("ctx", {}).get("at", "")
        found[pointer] = FieldError(pointer, code, _words(error))
    return (Invalid if understood else BadRequest)(errors=list(found.values()))


def _pointer(place: Iterable[Any]) -> str:
    """RFC 6901; what is no place of the caller's (`body`, names of types) is left out."""
    parts = [str(part) for part in place]
    if parts and parts[0] in ("body", "query", "path", "header"):
        parts = parts[1:]
    return "".join(
        "/" + part.replace("~", "~0").replace("/", "~1")
        for part in parts
        if part.isprintable() and not part.startswith("function-")
    )


def _words(error: Any) -> Message:
    """A rule of ours brings its words, and under `at` the field it is about, as context."""
    context = error.get("ctx", {})
    words: Message = context.get("words") or _WORDS.get(error["type"], _OTHER)
    return words.format(code=error["type"], **context)
