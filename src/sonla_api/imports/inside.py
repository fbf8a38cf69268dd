"""Records that stand inside the lines of others, as lines of their own: amounts and tasks."""

from collections.abc import Mapping
from typing import Any

EQUIVALENTS = ("equivalent", "conversion")
"""Qualifiers of an amount that is the one before it, in another currency."""


def amounts(line: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The transactions of a project's line: originals, each with its equivalents."""
    made: list[tuple[int, dict[str, Any]]] = []
    for number, amount in enumerate(line.get("amounts", [])):
        value = {"amount": amount["value"], "currency": amount["currency"]}
        qualifier = amount.get("qualifier")
        if qualifier in EQUIVALENTS:
            made[-1][1]["equivalents"].append({**value, "qualifier": qualifier})
            continue
        same = {name: line[name] for name in ("source", "more_sources") if name in line}
        key = f"{line['key']}:{len(made) + 1}"
        of = {"key": key, "project": line["key"], "type": "stated", "value": value}
        made.append((number, {**of, "qualifier": qualifier, "equivalents": [], **same}))
    return made


def tasks(line: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The tasks of a plan, with keys such as 152/KH-UBND#1; they rest on its sources."""
    same = {name: line[name] for name in ("source", "more_sources") if name in line}
    return [
        (number, {"key": f"{line['key']}#{task['code']}", "plan": line["key"], **same, **task})
        for number, task in enumerate(line.get("tasks", []))
    ]
