"""The records that lines hold: mostly one, but plans have tasks and projects amounts."""

from collections.abc import Iterator, Mapping
from typing import Any


def whole_line(line: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Most lines are one record; beside it where it stands in the line."""
    yield "", line


EQUIVALENTS = ("equivalent", "conversion")
"""Qualifiers of an amount that is the one before it, in another currency."""


def transactions_of(line: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The amounts of a project with keys such as dam#1: originals, each with its equivalents."""
    amounts = line.get("amounts")
    common = {name: line[name] for name in ("source", "more_sources") if name in line}
    found: list[tuple[str, dict[str, Any]]] = []
    for number, amount in enumerate(amounts if isinstance(amounts, list) else []):
        said = dict(amount) if isinstance(amount, dict) else {}
        if found and said.get("qualifier") in EQUIVALENTS:
            same = {"amount" if name == "value" else name: said[name] for name in said}
            found[-1][1]["equivalents"].append(same)
            continue
        value = {"amount": said.pop("value", None), "currency": said.pop("currency", None)}
        of = {"key": f"{line.get('key')}#{len(found) + 1}", "project": line.get("key")}
        made = {**common, **said, **of, "type": "stated", "value": value, "equivalents": []}
        found.append((f"amounts/{number}/", made))
    yield from found


def plan_of(line: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A plan has the key of its document."""
    yield "", {"key": line.get("document"), **line}


def tasks_of(line: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tasks of a plan, with keys such as 152/KH-UBND#1, rest on the sources of the plan."""
    ((_, plan),) = plan_of(line)
    tasks = plan.get("tasks")
    common = {name: plan[name] for name in ("source", "more_sources") if name in plan}
    for number, task in enumerate(tasks if isinstance(tasks, list) else []):
        if isinstance(task, dict):
            key = f"{plan['key']}#{task.get('code')}"
            yield f"tasks/{number}/", {"key": key, "plan": plan["key"], **common, **task}


FLOWS = {
    "trade.total": "both",
    "trade.exports": "exports",
    "exports.total": "exports",
    "exports.agricultural": "exports",
    "exports.longan.weight": "exports",
    "imports.sugarcane.weight": "imports",
    "imports.sugarcane.value": "imports",
}
"""Indicators of trade that took place, by the flow that their names say."""
_PART_OF = "Part of "


def indicator_of(line: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """An indicator has its code for a key; a scope "Part of X" names the indicator above it."""
    said = dict(line)
    code, scope = line.get("code"), line.get("scope")
    if isinstance(code, str) and code in FLOWS:
        said = {"flow": FLOWS[code], **said}
    if isinstance(scope, str) and scope.startswith(_PART_OF) and " " not in scope[len(_PART_OF) :]:
        said = {"part_of": scope.removeprefix(_PART_OF), **said}
    yield "", {"key": code, **said}


def observation_of(line: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A figure has the key of what makes it one: its indicator, its period and its source."""
    key = ":".join(str(line.get(name) or "-") for name in ("indicator", "period", "source"))
    yield "", {"key": key, **line}
