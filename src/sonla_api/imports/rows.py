"""How lines become records, by rows of a table, and what of them is new since the last load."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

Ids = Mapping[str, Mapping[str, str]]
"""The id of a record by resource and key."""


class Row(NamedTuple):
    """One line of the table.

    `to`: `name` is set, `name.member` is one text of an object, `name[]` and `name[].member` add
    elements to a list, in the order of the rows; rows of `name[0]` speak of one element. `of`: the
    value is the key of a record there, or else one of the row `otherwise`. `beside`: what else
    each element says. `codes`: those that the service calls otherwise. `is_mutual`: the line named
    names this one back, and whichever is written last ties both.
    """

    field: str
    to: str
    of: str = ""
    beside: Mapping[str, Any] = {}
    codes: Mapping[str, str] = {}
    otherwise: "Row | None" = None
    is_mutual: bool = False

    @property
    def place(self) -> str:
        return self.to.partition(".")[0]

    @property
    def name(self) -> str:
        """The field of the record."""
        return self.place.partition("[")[0]

    @property
    def member(self) -> str:
        return self.to.partition(".")[2]


def record_of(rows: Sequence[Row], line: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """What a line says of a record, under the names of the API."""
    record: dict[str, Any] = {}
    shared: dict[str, dict[str, Any]] = {}
    for row in rows:
        value = line.get(row.field)
        if value is None or (row.is_mutual and value not in ids[row.of]):
            continue
        for part in value if isinstance(value, list) and "[" in row.to else [value]:
            known, said = _meant(row, part, ids)
            if "[" not in known.to:
                _put(record, known, said)
            elif known.place in shared:
                shared[known.place] |= _element(known, said)
            else:
                element, elements = _element(known, said), record.setdefault(known.name, [])
                if element not in elements:
                    elements.append(element)
                if not known.place.endswith("[]"):
                    shared[known.place] = element
    return record


def _meant(row: Row, value: Any, ids: Ids) -> tuple[Row, Any]:
    """The row that holds for a value, and what the service has for it."""
    if row.otherwise and value not in ids[row.of]:
        row = row.otherwise
    if row.of:
        return row, ids[row.of][value]
    return row, row.codes.get(value, value) if row.codes else value


def _put(record: dict[str, Any], row: Row, value: Any) -> None:
    if row.member:
        record.setdefault(row.name, {})[row.member] = value
    else:
        record[row.name] = value


def _element(row: Row, value: Any) -> Any:
    """What a row adds to a list: the value itself, or an object with it inside."""
    if not row.member:
        return value
    for name in reversed(row.member.split(".")):
        value = {name: value}
    return {**value, **row.beside}


def references(
    rows: Sequence[Row], line: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """The records that a line names: (field of the line, resources of one of which it is, key)."""
    for row in rows:
        named = line.get(row.field)
        resources = (row.of, row.otherwise.of) if row.otherwise else (row.of,)
        for key in named if isinstance(named, list) else [named]:
            if row.of and is_key(key):
                yield row.field, resources, key


def mutual(rows: Sequence[Row]) -> set[str]:
    """The fields by which two lines name each other."""
    return {row.field for row in rows if row.is_mutual}


def is_key(value: Any) -> TypeGuard[str]:
    """Whether the register may be asked for it: half a surrogate pair is in no key."""
    return isinstance(value, str) and value.isprintable()


def field_of(rows: Sequence[Row], line: Mapping[str, Any], pointer: str) -> str:
    """The field of a line that a JSON pointer into its record is about."""
    name = pointer.split("/")[1] if pointer else ""
    said = (row.field for row in rows if row.name == name and line.get(row.field) is not None)
    return next(said, pointer.strip("/"))


def news(
    rows: Sequence[Row],
    line: Mapping[str, Any],
    loaded: Mapping[str, Any],
    now: Mapping[str, Any],
) -> dict[str, Any]:
    """The merge patch that a line means for a record: what it did not say at the last load.

    All three are fields of the record: as the line has them, as a load wrote them last, and as
    they stand. So what people changed since stays, until the line itself changes there.
    """
    wanted, before, present = (_sayable(rows, record) for record in (line, loaded, now))
    patch = {
        name: line[name] for name in wanted if wanted[name] not in (before[name], present[name])
    }
    if "flags" in patch:
        patch["flags"] = [*line["flags"], *(f for f in now["flags"] if f["origin"] != "source")]
    if "printed" in patch:
        patch["printed"] = wanted["printed"]
    return patch


def _sayable(rows: Sequence[Row], record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record a line can say: no flag of a rule or person, no other printed text."""
    own: dict[str, Any] = {}
    for row in rows:
        value = record.get(row.name) or None
        if row.name == "flags":
            value = [flag["code"] for flag in value or [] if flag["origin"] == "source"]
        elif row.name == "printed":
            value = {row.member: (value or {}).get(row.member)}
        own[row.name] = value
    return own
