"""Nothing is written where something is wrong, and all that is wrong is said with its line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asyncpg import CheckViolationError
from httpx import AsyncClient

from sonla_api.imports.errors import LoadError
from sonla_api.imports.service import load_folder
from sonla_api.kit import database as kit_database
from sonla_api.kit.codes import MESSAGES
from tests.imports.lines import AGENCY, PART, SOURCE, VISIT, WHOLE, write

Load = Callable[..., Any]
UNKNOWN = "there is no such field"
NO_LIST = "no list of objects in JSON:"


async def _refused(load: Load, **changed: Any) -> list[str]:
    with pytest.raises(LoadError) as refused:
        await load(**changed)
    return refused.value.errors


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        (
            {"partners": [PART, WHOLE | {"country": "XX", "population": 1}]},
            [
                f"partners.json:3: country: {MESSAGES['country_unknown'].en}",
                f"partners.json:3: population: {UNKNOWN}",
            ],
        ),
        (
            {"delegations": [VISIT | {"partners": ["la-xx"]}, VISIT | {"key": "in-2"}]},
            ["delegations.json:2: partners: there is no la-xx among the partners"],
        ),
        (
            {
                "agencies": [AGENCY | {"parent": "x"}],
                "partners": [WHOLE | {"more_sources": ["S9"]}],
            },
            [
                "agencies.json:2: parent: there is no x among the agencies",
                "partners.json:2: more_sources: there is no S9 among the sources",
            ],
        ),
        (
            {
                "plans": [
                    {"document": "9/KH-UBND", "source": "S1", "tasks": [{"code": "1"}, 7]},
                    {"source": "S1", "tasks": "none"},
                ]
            },
            [
                "plans.json:2: document: there is no 9/KH-UBND among the documents",
                "plans.json:2: tasks/0/title: this field is required",
                "plans.json:2: tasks/1: an object is expected",
                "plans.json:3: document: this field is required",
                "plans.json:3: key: a text is expected",
                "plans.json:3: tasks: a list is expected",
            ],
        ),
        (
            {"delegations": [VISIT, VISIT]},
            ["delegations.json:3: key: in-1 stands in line 2 already"],
        ),
        (
            {"delegations": json.dumps([VISIT, VISIT])},
            ["delegations.json:1: key: in-1 stands in line 1 already"],
        ),
        (
            {"delegations": [VISIT | {"date_precision": "day"}]},
            ["delegations.json:2: date_precision: the date says half, this says day"],
        ),
        (
            {"delegations": [VISIT | {"date": None}]},
            ["delegations.json:2: date_precision: the date says none, this says half"],
        ),
        (
            {"delegations": [VISIT | {"countries": ["FI"]}]},
            ["delegations.json:2: countries: the line names a country beside them"],
        ),
        (
            {"delegations": [VISIT | {"subdivision": "JP-04"}]},
            ["delegations.json:2: subdivision: JP-04 lies in none of the countries named"],
        ),
        (
            {"delegations": [VISIT | {"flags": ["Year inferred"]}]},
            ["delegations.json:2: flags: the text must match ^[a-z][a-z0-9_]{1,59}$"],
        ),
        (
            {"sources": [SOURCE, {"key": "S2", "title": "nu\0l"}]},
            ["sources.json:3: title: Character 3 is NUL, which is not text."],
        ),
        (
            {
                "partners": [PART | {"parent": "b"}, PART | {"key": "b", "parent": "la-ho-xk"}],
                "delegations": [],
            },
            [
                "partners.json:2: parent: the records named from here on come back to themselves",
                "partners.json:3: parent: the records named from here on come back to themselves",
            ],
        ),
        ({"sources": b"[\n\xff]"}, ["sources.json:2: this is not UTF-8"]),
        ({"sources": "{}"}, [f"sources.json:1: {NO_LIST} [ is expected"]),
        ({"sources": ""}, [f"sources.json:1: {NO_LIST} [ is expected"]),
        ({"sources": "[]\n,"}, [f"sources.json:2: {NO_LIST} the end is expected"]),
        (
            {"sources": "[\n{}\n{}]"},
            [
                "sources.json:2: key: this field is required",
                "sources.json:2: title: this field is required",
                f"sources.json:3: {NO_LIST} , or ] is expected",
            ],
        ),
        ({"sources": "[\n1]"}, ["sources.json:2: an object is expected"]),
        (
            {"sources": '[\n{"key": "S1", "key": "S1"}]'},
            ["sources.json:2: a name occurs twice in one object"],
        ),
        ({"sources": '[\n{"key": NaN}]'}, ["sources.json:2: NaN is no number of JSON"]),
        ({"sources": "[" * 100_000}, ["sources.json:1: nested too deeply"]),
        ({"sources": '[\n{"key": }]'}, ["sources.json:2: no JSON: Expecting value in column 9"]),
        (
            {"sources": '[\n{"key": "a\0"}]'},
            ["sources.json:2: no JSON: Invalid control character at in column 11"],
        ),
        (
            {"sources": f"[\n{json.dumps(SOURCE)}, x]"},
            [f"sources.json:2: no JSON: Expecting value in column {len(json.dumps(SOURCE)) + 3}"],
        ),
    ],
)
async def test_nothing_is_written_and_every_reason_is_said(
    load: Load, changes: Any, changed: Any, errors: list[str]
) -> None:
    assert sorted(await _refused(load, **changed)) == sorted(errors)
    assert await changes() == 0


async def test_a_line_is_told_all_at_once(load: Load) -> None:
    """What its format, its references and its record's rules say, of all files together."""
    wrong = [
        VISIT | {"partners": ["la-xx"], "channel": "radio", "source": "S9"},
        VISIT | {"key": "in-2", "subdivision": "JP-04"},
        VISIT | {"key": "in-2"},
        VISIT | {"key": "in-3", "partners": "la-ho", "title": {}},
    ]
    errors = await _refused(load, delegations=wrong, partners=[WHOLE | {"website": "x"}, PART])
    assert [error.split(": ")[:2] for error in errors] == [
        ["delegations.json:2", "channel"],
        ["delegations.json:2", "partners"],
        ["delegations.json:2", "source"],
        ["delegations.json:3", "subdivision"],
        ["delegations.json:4", "key"],
        ["delegations.json:5", "partners"],
        ["delegations.json:5", "title"],
        ["partners.json:2", "website"],
    ]


@pytest.mark.parametrize("odd", ["S\0", "\ud800", "ຫົວພັນ", "", 7, None, ["S1"], {"S1": 1}])
async def test_what_is_no_key_is_said_and_not_looked_for(load: Load, odd: Any) -> None:
    errors = await _refused(
        load, sources=[SOURCE, SOURCE | {"key": odd}], partners=[PART | {"source": odd}, WHOLE]
    )
    assert [error.split(": ")[:2] for error in errors] == [
        ["partners.json:2", "source"],
        ["sources.json:3", "key"],
    ]


async def test_hundreds_of_errors_are_all_listed(load: Load) -> None:
    lines = [SOURCE | {"key": f"S{n}", "language": "?"} for n in range(1, 301)]
    errors = await _refused(load, sources=lines)
    assert len(errors) == 300
    assert errors[-1].startswith("sources.json:301: language: ")


async def test_a_missing_file_is_said_once(settings: Any, database: Any, tmp_path: Path) -> None:
    (write(tmp_path) / "sources.json").unlink()
    with pytest.raises(LoadError) as refused:
        await load_folder(str(settings.database_url), tmp_path, lambda _: None)
    (error,) = refused.value.errors
    assert error == "sources.json: cannot be read: No such file or directory"


async def test_a_folder_may_lack_what_no_line_refers_to(
    settings: Any, database: Any, tmp_path: Path
) -> None:
    url = str(settings.database_url)
    write(tmp_path)
    for name in (
        "partners",
        "documents",
        "agreements",
        "delegations",
        "sites",
        "projects",
        "plans",
        "events",
    ):
        (tmp_path / f"{name}.json").unlink()
    done = await load_folder(url, tmp_path, lambda _: None)
    assert done.lines == [
        "sources: 1 new, 0 changed, 0 unchanged",
        "agencies: 1 new, 0 changed, 0 unchanged",
    ]


async def test_a_folder_without_any_of_the_files_is_none(
    settings: Any, database: Any, tmp_path: Path
) -> None:
    with pytest.raises(LoadError) as refused:
        await load_folder(str(settings.database_url), tmp_path, lambda _: None)
    assert "sources.json: cannot be read: No such file or directory" in refused.value.errors


async def test_an_empty_list_spaces_and_a_mark_of_utf8_are_fine(load: Load) -> None:
    done = await load(partners="\ufeff[ \n ]\n", delegations=" []")
    assert done.lines[2] == "partners: 0 new, 0 changed, 0 unchanged"


async def test_a_rule_of_the_register_is_said_with_its_line(
    load: Load, changes: Any, api: AsyncClient
) -> None:
    """Directions that are known change by no load, and no parent is below its own part."""
    await load()
    written = await changes()
    errors = await _refused(
        load,
        partners=[WHOLE | {"parent": "la-ho-xk"}],
        delegations=[VISIT | {"key": "in-0"}, VISIT | {"direction": "outbound"}],
    )
    assert [error.split(": ")[:2] for error in errors] == [
        ["delegations.json:3", "direction"],
        ["partners.json:2", "parent"],
    ]
    assert await changes() == written


async def test_what_names_a_refused_line_is_not_blamed(
    load: Load, changes: Any, database: Any
) -> None:
    rule = "alter table partners add constraint ck_partners_name check (key <> 'la-ho')"
    await database.execute(rule)
    try:
        errors = await _refused(load)
    finally:
        await database.execute("alter table partners drop constraint ck_partners_name")
    assert errors == ["partners.json:3: name: the value breaks a rule"]
    assert await changes() == 0


async def test_what_follows_a_refused_line_is_checked_too(load: Load, database: Any) -> None:
    rule = "alter table agencies add constraint ck_agencies_name check (key not in ('b', 'd'))"
    await database.execute(rule)
    try:
        errors = await _refused(load, agencies=[AGENCY | {"key": key} for key in "abcd"])
    finally:
        await database.execute("alter table agencies drop constraint ck_agencies_name")
    assert errors == [
        "agencies.json:3: name: the value breaks a rule",
        "agencies.json:5: name: the value breaks a rule",
    ]


async def test_an_error_of_ours_is_no_error_of_the_folder(load: Load, database: Any) -> None:
    await database.execute("alter table sources add constraint odd check (key <> 'S1')")
    try:
        with pytest.raises(CheckViolationError):
            await load()
    finally:
        await database.execute("alter table sources drop constraint odd")


async def test_a_database_that_is_away_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as refused:
        await load_folder("postgresql+asyncpg://u:p@127.0.0.1:1/d", write(tmp_path), lambda _: None)
    assert refused.value.errors == ["The database cannot be reached"]


async def test_a_load_waits_for_another_only_so_long(
    load: Load, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kit_database._SETTINGS, "lock_timeout", "50ms")
    await database.execute("begin; select pg_advisory_xact_lock(20261122)")
    errors = await _refused(load)
    await database.execute("rollback")
    assert errors == ["Another request is changing this"]
