"""The tables of a section: a line for each code or agency, those with nothing among them."""

from collections.abc import Sequence

from sonla_api.kit.codes import CodeList
from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.text import Message
from sonla_api.reports.figures import Grid, Line
from sonla_api.reports.numbers import Key
from sonla_api.reports.reading import Reading, localized
from sonla_api.reports.schemas import Cell, Column, Row, Table

NOT_KNOWN = Message("Not known", "Chưa rõ")
_TOTAL = Message("Total", "Tổng số")
_UNNAMED = Message("Agencies that are not named here", "Cơ quan không nêu tên tại đây")
_MOST_IDS = 100
"""That a list is asked for at once."""


class TableOf:
    """What is read for a table, and how it is shown.

    A tally is read once for all values of the field that tells lines apart; a list that is asked
    itself, once for each of them.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._split = [it.each(grid.by) for it in grid.columns] if grid.of.tally else []
        self._apart = {
            (str(code), n): column.among(grid.chosen(code))
            for code in ([] if self._split else [*grid.codes, *([None] if grid.unknown else [])])
            for n, column in enumerate(grid.columns)
        }
        self.lines: list[Line] = [*grid.columns, *self._split, *self._apart.values()]

    def shown(self, reading: Reading, agencies: Sequence[AgencySummary]) -> Table:
        grid = self._grid
        if grid.codes:
            rows = [self._row(reading, code, code) for code in grid.codes]
        else:
            rows = [self._of_agency(reading, agency) for agency in agencies]
            if reading.unnamed:
                rows.append(self._of_unnamed(reading))
        if grid.unknown:
            rows.append(self._row(reading, None, NOT_KNOWN))
        whole = [reading.cell(line, (line, None)) for line in grid.columns]
        return Table(
            code=grid.code,
            label=localized(grid.label),
            columns=[
                Column(code=it.code, label=localized(it.label), unit=it.measure.unit)
                for it in grid.columns
            ],
            rows=rows,
            total=total_of(whole),
        )

    def _row(self, reading: Reading, value: str | None, label: Message | CodeList) -> Row:
        return Row(
            code=value and str(value),
            label=localized(label),
            agency=None,
            cells=[
                reading.cell(column.among(self._grid.chosen(value)), self._key(value, n))
                for n, column in enumerate(self._grid.columns)
            ],
        )

    def _of_agency(self, reading: Reading, agency: AgencySummary) -> Row:
        found = self._row(reading, str(agency.id), NOT_KNOWN)
        return found.model_copy(update={"label": agency.name, "agency": agency})

    def _of_unnamed(self, reading: Reading) -> Row:
        ids = [str(id_) for id_ in reading.unnamed]
        asked = ids_asked(reading)
        chosen = {self._grid.by: asked} if asked else {}
        return unnamed(
            reading,
            [
                reading.cell(column.among(chosen), *(self._key(id_, n) for id_ in ids))
                for n, column in enumerate(self._grid.columns)
            ],
        )

    def _key(self, value: str | None, n: int) -> Key:
        if self._split:
            return self._split[n], value and str(value)
        return self._apart[str(value), n], None


def total_of(cells: list[Cell]) -> Row:
    """All lines together."""
    return Row(code=None, label=localized(_TOTAL), agency=None, cells=cells)


def unnamed(reading: Reading, cells: Sequence[Cell]) -> Row:
    """One line for all agencies that may not be named, so that lines come to the total."""
    if not reading.is_kept:
        # What they lead may be seen, but a list by an agency that is not seen is empty.
        cells = [it.model_copy(update={"hidden": it.records}) for it in cells]
    return Row(code="unnamed", label=localized(_UNNAMED), agency=None, cells=[*cells])


def ids_asked(reading: Reading) -> list[str] | None:
    """By which ids lists are asked for what unnamed agencies lead.

    None in a report that is kept, where even ids would tell of them: there the line leads to all
    that its column counts.
    """
    return None if reading.is_kept else [str(id_) for id_ in reading.unnamed[:_MOST_IDS]]
