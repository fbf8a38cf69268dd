"""The symbol engine: what it reads, what it only suggests, and what it leaves alone."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sonla_api.dataset import FOLDER
from sonla_api.documents import organs, types
from sonla_api.documents.symbols import LONGEST, Symbol, SymbolKind, canonical, read
from sonla_api.documents.types import DocumentType

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "symbols.json").read_text())
DASHES = "-‐‑‒–—―−－"
STATE, PARTY = sorted(organs.STATE.meanings), sorted(organs.PARTY.meanings)
UNITS = ["KGVX", "TH", "LS", "HTQT", "GDTrH", "PA08", "TH-NC"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["printed"][:40]))
def test_a_symbol_is_read_as_it_is_meant(case: dict[str, Any]) -> None:
    symbol, suggestions = read(case["printed"])
    if case["canonical"] is None:
        assert symbol is None
        assert list(suggestions) == case["suggestions"]
    else:
        assert symbol is not None
        assert (str(symbol), symbol.kind, symbol.mark, [*symbol.issuers], symbol.unit) == (
            case["canonical"],
            case["kind"],
            case["mark"],
            case["issuers"],
            case["unit"],
        )


def test_the_table_is_long_and_holds_each_kind() -> None:
    readable = [case for case in CASES if case["canonical"]]
    assert len(readable) > 200
    assert {case["kind"] for case in readable} == {*SymbolKind}


def test_every_symbol_of_the_real_input_is_read() -> None:
    found = []
    for name in ("documents", "plans", "projects"):
        for line in json.loads((FOLDER / f"{name}.json").read_text()):
            cited = [line.get("number"), line.get("document"), *line.get("legal_basis", [])]
            cited += [key for key in line.get("implements", []) if "/" in key]
            found += [text for text in cited if text and "/" in text]
    assert len(found) > 20
    # Plan numbers start anew each year, and one key carries the year: it is no symbol.
    assert {text for text in found if canonical(text) != text} <= {"02/KH-UBND-2024"}


def test_the_types_of_the_decree_are_29_of_which_27_are_abbreviated() -> None:
    administrative = [*DocumentType][:29]
    assert administrative[-1] is DocumentType.formal_letter
    letters = {DocumentType.official_letter, DocumentType.formal_letter}
    of_decree = {
        mark: meant[0]
        for mark, meant in types.ADMINISTRATIVE.meanings.items()
        if mark not in {"CV", "KL"}
    }
    assert len(of_decree) == 27
    assert {*administrative} - {*of_decree.values()} == letters


@pytest.mark.parametrize(
    ("printed", "namesake"),
    [("12/HD-UBND", "12/HĐ-UBND"), ("12/DA-UBND", "12/ĐA-UBND"), ("12-DA/TU", "12-ĐA/TU")],
)
def test_what_may_be_another_type_without_diacritics_is_told(printed: str, namesake: str) -> None:
    assert (canonical(printed), read(printed).suggestions) == (printed, (namesake,))
    assert read(namesake).suggestions == ()


def test_a_symbol_tells_what_its_document_may_be() -> None:
    def meant(printed: str) -> Any:
        symbol = read(printed).symbol
        return symbol and symbol.types

    assert meant("152/KH-UBND") == (DocumentType.plan,)
    assert meant("01/2025/TT-BNG") == (DocumentType.circular,)
    assert meant("04-TT/TU") == (DocumentType.party_circular,)
    assert meant("66-QĐ/TW") == (DocumentType.decision, DocumentType.rules)
    assert DocumentType.law in meant("70/2020/QH14")
    assert meant("809/BNG-LS") == meant("123-CV/TU") == (DocumentType.official_letter,)


numbers = st.integers(1, 999_999)
letters = st.sampled_from(["", "a", "b"])
years = st.integers(1945, 2099)


def _marks(table: Any) -> Any:
    return st.sampled_from(sorted(table.meanings))


@st.composite
def symbols(draw: Any) -> Symbol:
    """Any symbol of issuers that are known."""
    kind = draw(st.sampled_from([*SymbolKind]))
    number, letter, unit = draw(numbers), draw(letters), draw(st.sampled_from(["", *UNITS]))
    issuer: tuple[str, ...] = (draw(st.sampled_from(PARTY if kind is SymbolKind.party else STATE)),)
    year, mark, table = None, "", types.ADMINISTRATIVE
    match kind:
        case SymbolKind.party:
            table = types.PARTY
        case SymbolKind.legal:
            table, year, unit = types.LEGAL, draw(years), ""
        case SymbolKind.national_assembly:
            name, year, unit = draw(_marks(types.NATIONAL_ASSEMBLY)), draw(years), ""
            meant = types.NATIONAL_ASSEMBLY.meanings[name]
            issuer = (f"{name}{draw(st.integers(1, 99))}",)
            return Symbol(kind, number, letter, year, "", meant, issuer)
        case SymbolKind.official_letter:
            unit = unit or "VP"
            types_of_letter = (DocumentType.official_letter,)
            # TTr abbreviates the Inspectorate and a submission alike, which goes first.
            issuer = tuple("BNG" if name == "TTr" else name for name in issuer)
            return Symbol(kind, number, letter, None, "", types_of_letter, issuer, unit)
    mark = draw(_marks(table))
    return Symbol(kind, number, letter, year, mark, table.meanings[mark], issuer, unit)


@given(symbols())
def test_what_is_written_in_canonical_form_is_read_as_the_same_parts(symbol: Symbol) -> None:
    assert read(str(symbol)).symbol == symbol


@given(symbols(), st.data())
def test_dashes_spaces_zeros_and_composition_do_not_matter(symbol: Symbol, data: Any) -> None:
    pieces = []
    for character in str(symbol):
        spaces = st.sampled_from(["", " ", "\u00a0", "  "])
        written = data.draw(st.sampled_from(DASHES)) if character == "-" else character
        is_sign = character in "-/"
        around = [data.draw(spaces) if is_sign else "" for _ in "ab"]
        pieces.append(f"{around[0]}{written}{around[1]}")
    printed = data.draw(st.sampled_from(["", "Số: ", "số ", "00"])) + "".join(pieces)
    if len(printed) <= LONGEST and len(f"{symbol.number}") < 5:
        assert read(unicodedata.normalize("NFD", printed)).symbol == symbol


@given(symbols())
def test_without_diacritics_it_is_the_same_or_names_it(symbol: Symbol) -> None:
    plain = str(symbol).replace("Đ", "D").replace("đ", "d")
    reading = read(plain)
    assert reading.symbol == symbol or str(symbol) in reading.suggestions


@given(st.text(max_size=LONGEST + 5) | st.from_regex(r"[0-9]{1,3}[-/ ][A-ZĐ]{1,4}[-/ ][A-ZĐ]{1,5}"))
@example("152/KH-UBND" + "-A" * 40)
@example("ư̛ư/ẤẤ" * 10)
def test_canonical_of_canonical_is_itself(printed: str) -> None:
    symbol, suggestions = read(printed)
    for text in (*([str(symbol)] if symbol else []), *suggestions):
        assert canonical(text) == text
    if symbol:
        assert read(str(symbol)).symbol == symbol
        assert str(symbol) not in suggestions


def test_a_long_text_is_none_and_is_not_looked_at() -> None:
    assert read("1" * (LONGEST + 1)) == (None, ())
    assert read("152/KH-UBND" + " " * LONGEST) == (None, ())
