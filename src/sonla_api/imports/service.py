"""Loading a folder of records: all of it, or nothing and every reason why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from sonla_api.identity.permissions import EVERY
from sonla_api.imports import mapping
from sonla_api.imports.errors import LoadError
from sonla_api.imports.parts import PARTS, Part
from sonla_api.imports.queries import (
    LOAD,
    Content,
    Entry,
    last_loaded,
    read,
    registered,
    survivors,
    wait_for_turn,
)
from sonla_api.imports.rows import Row, field_of, is_key, mutual, news, record_of, references
from sonla_api.imports.schemas import Report
from sonla_api.kit import flags
from sonla_api.kit.context import Actor, WriteContext
from sonla_api.kit.database import connect
from sonla_api.kit.faults import MEANINGS
from sonla_api.kit.model import Visibility
from sonla_api.kit.problems import Problem
from sonla_api.kit.wording import of_validation
from sonla_api.partners.queries import LIKENESS
from sonla_api.settings import asyncpg_url

Progress = Callable[[str], None]
Line = tuple[Entry, dict[str, Any]]
"""An object of a file, and what its format makes of it."""

UNEXPECTED = Problem.status
_LOADER = Actor(None, EVERY, tuple(Visibility), is_administrator=True)
"""An administrator who is no person."""


async def load_folder(database_url: str, folder: Path, progress: Progress) -> Report:
    """Bring the records of a folder into the register; LoadError, and nothing written, else."""
    load = _Load({part.file: _content(folder, part) for part in _present(folder)})
    aside = load.leave_aside(folder)
    request = {"actor_id": "", "request_id": f"{LOAD}{uuid4()}"}
    try:
        async with (
            connect(
                database_url, asyncpg_url(database_url), 1, LIKENESS, is_hurried=False
            ) as database,
            database.transaction(request) as transaction,
        ):
            ctx = WriteContext(_LOADER, datetime.now(UTC), transaction, transaction)
            await wait_for_turn(ctx)
            await load.check(ctx)
            for part in load.parts:
                progress(f"{part.resource}: {len(load.lines[part.file])} lines of {part.file}")
                await load.write(ctx, part)
            load.refuse()
    except tuple(MEANINGS) as error:
        problem = _meaning(error)
        if problem.status == UNEXPECTED:
            raise
        raise LoadError([problem.title.en]) from error
    return Report([*load.summary(), *aside])


def _present(folder: Path) -> list[Part]:
    """Those to read: a file may be missing that no line of the others can refer to."""
    there = [part for part in PARTS if _path(folder, part).exists()]
    named = {row.of for part in there for row in part.rows}
    needed = [part for part in PARTS if part in there or part.resource in named]
    return needed or [*PARTS]


def _path(folder: Path, part: Part) -> Path:
    return folder / part.file.partition("#")[0]


def _content(folder: Path, part: Part) -> Content:
    """The records of a part in its file, of which a line may hold several."""
    entries, broken = read(_path(folder, part))
    found = [
        entry._replace(value=value, place=place)
        for entry in entries
        for place, value in part.records(entry.value)
    ]
    return Content(found, broken)


class _Load:
    """One run over a folder: what its lines say, what was found wrong, what became of them."""

    def __init__(self, contents: dict[str, Content]) -> None:
        self._contents = contents
        self.parts = [part for part in PARTS if part.file in contents]
        self._faults = {fault for content in contents.values() for fault in content.broken}
        self.lines: dict[str, list[Line]] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self._ids: dict[str, dict[str, str]] = {}
        self._loaded: dict[str, dict[str, Any]] = {}
        self._done: dict[str, Counter[str]] = {part.resource: Counter() for part in self.parts}

    def leave_aside(self, folder: Path) -> list[str]:
        """What is said of the files that are not loaded."""
        return [
            f"{path.name}: left aside, no file of this name is known"
            for path in sorted(folder.glob("*.json"))
            if path.name not in self._contents
        ]

    async def check(self, ctx: WriteContext) -> None:
        """Every line by its format, its references and the rules of its records."""
        for part in {part.file: part for part in self.parts}.values():
            checked = [self._formatted(part, entry) for entry in self._contents[part.file].entries]
            lines = [line for line in checked if line]
            _tie(part, [line for _, line in lines])
            self.lines[part.file] = self._in_order(part.file, lines)
        for part in self.parts:
            await self._look_up(ctx, part)
        for part in self.parts:
            self._check_references(part)
            for entry, line in self.lines[part.file]:
                try:
                    part.whole.model_validate(record_of(part.rows, line, _SOME_IDS))
                except ValidationError as error:
                    self._add(entry, of_validation(error.errors(include_url=False)), part.rows)
        self.refuse()

    def refuse(self) -> None:
        if self._faults:
            raise LoadError([str(fault) for fault in sorted(self._faults)])

    def _formatted(self, part: Part, entry: Entry) -> Line | None:
        try:
            line = part.line.model_validate(entry.value)
        except ValidationError as error:
            self._add(entry, of_validation(error.errors(include_url=False)))
            return None
        return entry, line.model_dump(mode="json", exclude_unset=True, by_alias=True)

    def _in_order(self, file: str, lines: list[Line]) -> list[Line]:
        """What is named before what names it, wherever both stand in the file; each key once."""
        waiting: dict[str, Line] = {}
        for entry, line in lines:
            first, _ = waiting.setdefault(line["key"], (entry, line))
            if first is not entry:
                message = f"{line['key']} stands in line {first.number} already"
                self._faults.add(entry.fault("key", message))
        ordered: list[Line] = []
        named = {key: [*_first(file, line, waiting)] for key, (_, line) in waiting.items()}
        while ready := [k for k in waiting if not any(above in waiting for _, above in named[k])]:
            ordered += [waiting.pop(key) for key in ready]
        for key, (entry, _) in waiting.items():
            field = next(field for field, above in named[key] if above in waiting)
            message = "the records named from here on come back to themselves"
            self._faults.add(entry.fault(field, message))
        return ordered

    async def _look_up(self, ctx: WriteContext, part: Part) -> None:
        """What stands in the register of all that the lines name."""
        named = self._keys(part.file) | {
            key
            for other in self.parts
            for entry in self._contents[other.file].entries
            for _, resources, key in references(other.rows, entry.value)
            if part.resource in resources
        }
        known = self._known[part.resource] = await registered(ctx, part.model, named)
        self._loaded |= await last_loaded(ctx, known.values())
        merged = await survivors(ctx, part.resource, named)
        self._ids[part.resource] = merged | {key: str(r.id) for key, r in known.items()}

    def _keys(self, file: str) -> set[str]:
        given = (entry.value.get("key") for entry in self._contents[file].entries)
        return {key for key in given if is_key(key)}

    def _check_references(self, part: Part) -> None:
        """Also of lines that are wrong otherwise; not to files that could not be read whole."""
        known = {
            other.resource: self._ids[other.resource].keys() | self._keys(other.file)
            for other in self.parts
            if not self._contents[other.file].broken
        }
        for entry in self._contents[part.file].entries:
            for field, resources, key in references(part.rows, entry.value):
                if all(it in known and key not in known[it] for it in resources):
                    message = f"there is no {key} among the {' or '.join(resources)}"
                    self._faults.add(entry.fault(field, message))

    def _add(self, entry: Entry, problem: Problem, rows: Sequence[Row] = ()) -> None:
        said = [(e.pointer, e.message.en) for e in problem.errors]
        for pointer, message in said or [("", problem.detail.en)]:
            field = field_of(rows, entry.value, pointer)
            self._faults.add(entry.fault(field, message))

    async def write(self, ctx: WriteContext, part: Part) -> None:
        """Each line by itself, so that all that is wrong is found before all is taken back."""
        for entry, line in self.lines[part.file]:
            named = _needed(part, line)
            if any(all(key not in self._ids[it] for it in of) for _, of, key in named):
                continue  # the line that it refers to was refused
            try:
                async with ctx.session.begin_nested():
                    await ctx.session.connection()  # else the savepoint waits for the session
                    outcome = await self._write(ctx, part, line)
            except tuple(MEANINGS) as error:
                problem = _meaning(error)
                if problem.status >= UNEXPECTED:  # not about this line
                    raise
                self._add(entry, problem, part.rows)
            else:
                self._done[part.resource][outcome] += 1

    async def _write(self, ctx: WriteContext, part: Part, line: dict[str, Any]) -> str:
        ids, record = self._ids[part.resource], self._known[part.resource].get(line["key"])
        if record is None and line["key"] in ids:
            return "merged"
        said = record_of(part.rows, line, self._ids)
        body = part.whole.model_validate(said | mapping.CREATED_WITH)
        if record is None:
            ids[line["key"]] = str((await part.register(ctx, body)).id)
            return "new"
        now = to_jsonable_python({name: getattr(record, name) for name in part.whole.model_fields})
        now["flags"] = flags.given(record.flags)
        loaded = self._loaded.get(str(record.id), {})
        patch = news(part.rows, body.model_dump(mode="json"), loaded, now)
        if not patch:
            return "unchanged"
        await part.revise(ctx, record, patch)
        return "changed"

    def summary(self) -> list[str]:
        """What became of the lines."""
        lines = []
        for resource, done in self._done.items():
            said = ["new", "changed", "unchanged", *(["merged"] if done["merged"] else [])]
            lines.append(f"{resource}: " + ", ".join(f"{done[what]} {what}" for what in said))
        return lines


def _tie(part: Part, lines: Sequence[dict[str, Any]]) -> None:
    """What one line says of two, the other says too."""
    by_key = {line["key"]: line for line in lines}
    for field in mutual(part.rows):
        for line in lines:
            other = by_key.get(line.get(field) or "")
            if other and other.get(field) is None:
                other[field] = line["key"]


def _first(file: str, line: dict[str, Any], lines: Mapping[str, Line]) -> Iterator[tuple[str, str]]:
    """The records of its own kind that a line waits for: (field, key).

    Of two lines that name each other, the one with the later key waits.
    """
    for part in PARTS:
        if part.file != file:
            continue
        tied = mutual(part.rows)
        for field, resources, key in references(part.rows, line):
            is_later = field not in tied or key not in lines or not line["key"] < key
            if part.resource in resources and (is_later or lines[key][1].get(field) != line["key"]):
                yield field, key


def _needed(part: Part, line: dict[str, Any]) -> list[tuple[str, tuple[str, ...], str]]:
    """The records that must be there before a line is written."""
    tied = mutual(part.rows)
    return [named for named in references(part.rows, line) if named[0] not in tied]


_SOME_IDS: Any = defaultdict(lambda: defaultdict(lambda: str(uuid4())))
"""Ids for checking a line before the records that it names are there."""


def _meaning(error: Exception) -> Problem:
    return next(said(error) for kind, said in MEANINGS.items() if isinstance(error, kind))
