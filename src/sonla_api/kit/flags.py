"""Doubts about a record, of a source, a person or a rule: they mark, and never correct."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sonla_api.kit.period import is_period
from sonla_api.kit.schema import FlagOrigin
from sonla_api.kit.text import Message

Flag = dict[str, Any]

OF_PRINTED = frozenset({"year_inferred"})
"""What is doubted of any record, by what its sources print."""
_YEAR = re.compile(r"[0-9]{4}|(?<![0-9])[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2}(?![0-9])")
_NO_YEAR = Message(
    "The source prints no year ({fields}); it was taken from elsewhere.",
    "Nguồn không in năm ({fields}); năm được lấy từ nơi khác.",
)


def of_printed(values: Mapping[str, Any]) -> dict[str, Message]:
    """A day or period has its year from elsewhere, if the source prints it without one."""
    fields = [
        name
        for name, text in values["printed"].items()
        if (isinstance(values.get(name), date) or is_period(values.get(name)))
        and not _YEAR.search(text)
    ]
    return {"year_inferred": _NO_YEAR.format(fields=", ".join(fields))} if fields else {}


def given(stored: Iterable[Flag]) -> list[Flag]:
    """The flags that callers write, as they wrote them."""
    return [
        {name: flag[name] for name in ("code", "origin", "why")}
        for flag in stored
        if flag["origin"] != FlagOrigin.rule
    ]


def written(flags: Iterable[Flag], stored: Sequence[Flag]) -> list[Flag]:
    """Flags as a caller gives them, beside those of rules; what was acknowledged stays so."""
    before = {(flag["code"], flag["origin"]): flag["acknowledged"] for flag in stored}
    of_rules = [flag for flag in stored if flag["origin"] == FlagOrigin.rule]
    kept = [{**flag, "acknowledged": before.get((flag["code"], flag["origin"]))} for flag in flags]
    return [*kept, *of_rules]


def ruled(
    stored: Iterable[Flag],
    found: Mapping[str, Message],
    codes: Collection[str] | None = None,
    apart: Collection[str] = (),
) -> list[Flag]:
    """Replace what rules found; where a source says the same, a rule adds nothing.

    `codes`: those that were looked for, `apart`: those that were not; what rules say of others
    stays.
    """
    others = [
        flag
        for flag in stored
        if flag["origin"] != FlagOrigin.rule
        or flag["code"] in apart
        or (codes is not None and flag["code"] not in codes)
    ]
    before = {flag["code"]: flag for flag in stored if flag["origin"] == FlagOrigin.rule}
    said = {flag["code"] for flag in others if flag["origin"] == FlagOrigin.source}
    mine = [
        {
            "code": code,
            "origin": FlagOrigin.rule.value,
            "why": {"vi": why.vi, "en": why.en, "lo": None},
            "acknowledged": before.get(code, {}).get("acknowledged"),
        }
        for code, why in found.items()
        if code not in said
    ]
    return [*others, *mine]
