"""The tables of a section: a line for each code or agency, those with nothing among them."""

from collections.abc import Sequence

from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.text import Message
from sonla_api.reports.figures import Grid, Line
from sonla_api.reports.numbers import Key
from sonla_api.reports.reading import Reading, localized
from sonla_api.reports.schemas import Column, Row, Table

NOT_KNOWN = Message("Not known", "Chưa rõ")
TOTAL = Message("Total", "Tổng số")


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
            rows = [self._row(reading, code, Message(code.en, code.vi)) for code in grid.codes]
        else:
            rows = [self._of_agency(reading, agency) for agency in agencies]
        if grid.unknown:
            rows.append(self._row(reading, None, NOT_KNOWN))
        whole = [reading.cell((line, None), line) for line in grid.columns]
        return Table(
            code=grid.code,
            label=localized(grid.label),
            columns=[
                Column(code=it.code, label=localized(it.label), unit=it.measure.unit)
                for it in grid.columns
            ],
            rows=rows,
            total=Row(code=None, label=localized(TOTAL), agency=None, cells=whole),
        )

    def _row(self, reading: Reading, value: str | None, label: Message) -> Row:
        return Row(
            code=value and str(value),
            label=localized(label),
            agency=None,
            cells=[
                reading.cell(self._key(value, n), column.among(self._grid.chosen(value)))
                for n, column in enumerate(self._grid.columns)
            ],
        )

    def _of_agency(self, reading: Reading, agency: AgencySummary) -> Row:
        found = self._row(reading, str(agency.id), NOT_KNOWN)
        return found.model_copy(update={"label": agency.name, "agency": agency})

    def _key(self, value: str | None, n: int) -> Key:
        if self._split:
            return self._split[n], value and str(value)
        return self._apart[str(value), n], None
