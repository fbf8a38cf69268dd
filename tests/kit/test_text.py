"""Text is stored exactly or refused, and found again however it was typed."""

import json
import unicodedata
from time import perf_counter
from typing import Annotated, Any

import pytest
from asyncpg import Connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sonla_api.kit.text import MESSAGES, Line, LocalizedText, Message, Text, text

TEXT: TypeAdapter[str] = TypeAdapter(Text)
LINE: TypeAdapter[str] = TypeAdapter(Line)
NAME: TypeAdapter[LocalizedText] = TypeAdapter(LocalizedText)

in_database = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
storable = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


def refused(adapter: TypeAdapter[Any], value: object) -> tuple[str, dict[str, Any]]:
    with pytest.raises(ValidationError) as refusal:
        adapter.validate_python(value)
    (error,) = refusal.value.errors()
    told = error.get("ctx", {})
    assert told.pop("words", None) == MESSAGES.get(error["type"])
    return error["type"], told


def test_message_is_filled_in_both_languages() -> None:
    message = Message("{count} of them", "{count} cái")
    assert message.format(count=3) == Message("3 of them", "3 cái")


@pytest.mark.parametrize(
    "value",
    ["Hủa Phăn", "ແຂວງຫົວພັນ", " as is ", "a\n\tb\r\n", "'; drop table--", "🙂", "x" * 10_000],
)
def test_text_stays_as_given(value: str) -> None:
    assert TEXT.validate_python(value) == value


def test_text_is_brought_to_nfc_and_measured_so() -> None:
    decomposed = unicodedata.normalize("NFD", "ệ" * 10_000)
    assert TEXT.validate_python(decomposed) == "ệ" * 10_000


@pytest.mark.parametrize(
    ("value", "code", "position"),
    [
        ("a\x00", "text_nul", 2),
        ("ab\ud800", "text_surrogate", 3),
        ("\udfffb", "text_surrogate", 1),
        ("a\x1bb", "text_control", 2),
        ("\x0b", "text_control", 1),
        ("ê" + "\u0301" * 31, "text_marks", 2),
    ],
)
def test_what_is_not_text_is_refused_where_it_stands(value: str, code: str, position: int) -> None:
    assert refused(TEXT, value) == (code, {"position": position})


@pytest.mark.parametrize("value", ["", " ", "\n\t ", "\u00a0\u3000", "\ufeff"])
def test_blank_is_refused(value: str) -> None:
    assert refused(TEXT, value) == ("text_blank", {})


@pytest.mark.parametrize("value", [1, None, b"a", True, ["a"]])
def test_only_strings_are_text(value: object) -> None:
    assert refused(TEXT, value)[0] == "string_type"


@pytest.mark.parametrize("length", [10_001, 40_001, 1_000_000])
def test_long_text_is_refused(length: int) -> None:
    assert refused(TEXT, "ế" * length) == ("string_too_long", {"max_length": 10_000})


def test_as_many_marks_as_a_letter_may_have_pass() -> None:
    assert TEXT.validate_python("x" + "\u0323" * 30) == "x" + "\u0323" * 30


def test_marks_without_end_cost_no_time() -> None:
    hostile = "a" + "\u0301" * 20_000 + "\u0323" * 19_000
    TEXT.validate_python("ế")  # what is prepared once
    began = perf_counter()
    assert refused(TEXT, hostile)[0] == "text_marks"
    assert perf_counter() - began < 0.1  # sorting these marks takes half a second


@pytest.mark.parametrize("line_break", ["\n", "\r", "\x85", "\u2028", "\u2029"])
def test_line_has_no_line_break(line_break: str) -> None:
    assert refused(LINE, f"a{line_break}b") == ("text_line", {"position": 2})


def test_line_is_short() -> None:
    assert LINE.validate_python("x" * 500) == "x" * 500
    assert refused(LINE, "x" * 501)[0] == "string_too_long"


def test_lengths_can_be_set() -> None:
    remark: TypeAdapter[str] = TypeAdapter(Annotated[str, text(4)])
    assert [remark.validate_python(value) for value in ("", " ", "abcd")] == ["", " ", "abcd"]
    assert refused(remark, "abcde")[0] == "string_too_long"
    code: TypeAdapter[str] = TypeAdapter(Annotated[str, text(4, min_length=2)])
    assert refused(code, "a") == ("string_too_short", {"min_length": 2})


@given(st.text())
def test_text_is_its_nfc_or_refused_with_a_code_that_has_messages(value: str) -> None:
    try:
        assert TEXT.validate_python(value) == unicodedata.normalize("NFC", value)
    except ValidationError as refusal:
        (error,) = refusal.errors()
        message = MESSAGES[error["type"]].format(**error.get("ctx", {}))
        assert error["msg"] == message.en
        assert "{" not in message.vi


@given(st.from_regex(TEXT.json_schema()["pattern"]))
def test_schema_of_text_allows_nothing_that_is_refused(value: str) -> None:
    assert TEXT.validate_python(value)


@given(st.from_regex(LINE.json_schema()["pattern"]).filter(lambda line: not line.endswith("\n")))
def test_schema_of_line_allows_nothing_that_is_refused(value: str) -> None:
    assert LINE.validate_python(value)


def test_empty_pattern_of_a_rule_without_minimum_allows_the_empty_text() -> None:
    schema = TypeAdapter(Annotated[str, text(4)]).json_schema()
    assert schema["pattern"] == r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*$"
    assert "minLength" not in schema


@pytest.mark.parametrize(
    "languages", [{"vi": "a"}, {"en": "a"}, {"lo": "a"}, {"vi": "a", "en": "b"}]
)
def test_localized_text_shows_all_three_languages(languages: dict[str, str]) -> None:
    shown = NAME.validate_python(languages).model_dump()
    assert shown == {"vi": None, "en": None, "lo": None} | languages


@pytest.mark.parametrize("nothing", [{}, {"vi": None}, {"vi": None, "en": None, "lo": None}])
def test_localized_text_needs_a_language(nothing: dict[str, None]) -> None:
    assert refused(NAME, nothing) == ("localized_text_empty", {})


def test_localized_text_knows_three_languages() -> None:
    assert refused(NAME, {"vi": "a", "fr": "b"})[0] == "extra_forbidden"


def test_localized_text_has_one_schema_and_an_example_that_holds() -> None:
    schema = NAME.json_schema()
    assert schema == NAME.json_schema(mode="serialization")
    for shown in schema["examples"]:
        assert NAME.validate_python(shown).model_dump() == shown


@pytest.mark.parametrize(
    ("value", "folded"),
    [
        ("Hủa Phăn", "hua phan"),
        ("ĐẶNG Thị Ước đường", "dang thi uoc duong"),
        ("ẾỀỂỄỆ ƯỪỬỮỰ ƠỜỞỠỢ ẶẮẰẲẴ", "eeeee uuuuu ooooo aaaaa"),
        ("ແຂວງຫົວພັນ ນ້ຳ ຄຳ", "ແຂວງຫົວພັນ ນ້ຳ ຄຳ"),
        ("Louangphabang (Xiêng Khoảng) 152/KH-UBND", "louangphabang (xieng khoang) 152/kh-ubnd"),
        ("x\u0323 q\u0309", "x q"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_fold_forgets_case_and_diacritics(
    database: "Connection[Any]", form: Any, value: str, folded: str
) -> None:
    typed = unicodedata.normalize(form, value)
    assert await database.fetchval("select public.fold($1)", typed) == folded


@in_database
@given(storable)
async def test_fold_does_not_see_how_text_was_composed(
    database: "Connection[Any]", value: str
) -> None:
    forms = [unicodedata.normalize(form, value) for form in ("NFC", "NFD")]
    folded = await database.fetch("select public.fold(form) from unnest($1::text[]) form", forms)
    assert folded[0] == folded[1]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | storable,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(storable, inner, max_size=3),
    max_leaves=8,
)


def strings(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [leaf for inner in value.values() for leaf in strings(inner)]
        case list():
            return [leaf for inner in value for leaf in strings(inner)]
    return []


@in_database
@given(json_values)
@example({"vi": "Hủa Phăn", "lo": "ຫົວພັນ", "en": None})
@example(["a", ["b", {"c": "d"}], "a"])
async def test_texts_are_the_strings_of_a_value(database: "Connection[Any]", value: Any) -> None:
    kept = await database.fetchval("select $1::jsonb::text", json.dumps(value))
    found = await database.fetchval("select public.texts($1::jsonb)", json.dumps(value))
    assert found == " ".join(strings(json.loads(kept)))


async def test_texts_of_nothing_are_empty(database: "Connection[Any]") -> None:
    assert await database.fetchval("select public.texts(null)") == ""


async def test_functions_hold_under_any_search_path(database: "Connection[Any]") -> None:
    async with database.transaction():
        await database.execute("set local search_path = ''")
        row = await database.fetchrow("""select public.fold('Đ'), public.texts('["a"]'),
            public.period_days('"2025"')::text, public.working_days_after('2025-01-01', 1)::text""")
    assert row is not None
    assert list(row.values()) == ["d", "a", "[2025-01-01,2026-01-01)", "2025-01-02"]
