"""The table covers every field that a line may have, and the page in words covers the table."""

import re
from pathlib import Path

from sonla_api.imports.mapping import (
    AGREEMENT_KINDS,
    LEVELS,
    PARTNER_KINDS,
    RELATION_KINDS,
    RULES,
    STAGES,
    STATES,
)
from sonla_api.imports.parts import PARTS

PAGE = (Path(__file__).parents[2] / "docs" / "dataset.md").read_text(encoding="utf-8")
FILES = {part.file for part in PARTS}


def test_every_field_of_a_line_has_a_row_or_a_rule() -> None:
    for file in FILES:
        parts = [part for part in PARTS if part.file == file]
        covered = {row.field for part in parts for row in part.rows} | RULES.get(file, {}).keys()
        said = {
            frozenset(field.alias or name for name, field in part.line.model_fields.items())
            for part in parts
        }
        assert said == {frozenset(covered)}


def test_every_row_fills_a_field_that_a_caller_may_write() -> None:
    for part in PARTS:
        assert {row.name for row in part.rows} <= part.whole.model_fields.keys()


def test_the_page_names_whatever_is_called_otherwise() -> None:
    cells = " ".join(line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| "))
    named = set(re.findall(r"`(\w+)`", cells))
    moved = {row.field for part in PARTS for row in part.rows if row.to != row.field}
    assert moved | {field for fields in RULES.values() for field in fields} <= named
    for codes in (AGREEMENT_KINDS, LEVELS, PARTNER_KINDS, RELATION_KINDS, STAGES, STATES):
        for theirs, ours in codes.items():
            assert f"`{theirs}` → `{ours}`" in PAGE
