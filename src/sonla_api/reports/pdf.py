"""A paper as PDF, with the charts of its figures and each number linked to what it counts."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from sonla_api.reports.charts import charts_of
from sonla_api.reports.paper import NAME, Paper
from sonla_api.reports.widths import widths

_HERE = Path(__file__).parent
_BOX = "□"
_LACKS = re.compile(r'the text `"(.*?)"` could not be displayed')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
_NOTE = f"Chữ mà phông chữ của tệp này không có, thay bằng {_BOX}"
_NAMED = 20


def pdf(report: Mapping[str, Any], paper: Paper, base: str) -> bytes:
    """The pages of a report; `base` is where its addresses begin."""
    charts = {
        section["code"]: [asdict(chart) for chart in charts_of(report, section, paper.period)]
        for section in report["sections"]
    }
    shown = asdict(paper) | {"name": NAME, "base": base, "charts": charts}
    for part, drawn in zip(paper.parts, shown["parts"], strict=True):
        for table, it in zip(part.tables, drawn["tables"], strict=True):
            it["widths"] = widths(table)
    shown["made_at"] = [*paper.made_at.timetuple()[:6]]
    return _readable(shown, int(paper.made_at.timestamp()))


def _readable(shown: Mapping[str, Any], at: int) -> bytes:
    """As PDF/UA-1, for screen readers too. That allows no letter which the fonts lack: a box stands
    for each of them, and a note says which they are.
    """
    text = json.dumps({**shown, "absent": None}, ensure_ascii=False)
    try:
        return _compiled(text, at)
    except typst.TypstError as error:
        absent = _absent(str(error.diagnostic))
    note = f"{_NOTE}: {', '.join(map(_named, absent[:_NAMED]))}{'…' * (len(absent) > _NAMED)}."
    text = json.dumps({**shown, "absent": note}, ensure_ascii=False)
    return _compiled(text.translate({ord(letter): _BOX for letter in absent}), at)


def _absent(diagnostic: str) -> str:
    """The letters that Typst names as those of no font, each once."""
    texts = (_CODE.sub(lambda it: chr(int(it[1], 16)), it) for it in _LACKS.findall(diagnostic))
    return "".join(dict.fromkeys(letter for text in texts for letter in text if letter > "~"))


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".rstrip()


def _compiled(shown: str, at: int) -> bytes:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")]
    )
    made = typst.Compiler((_HERE / "paper.typ").read_bytes(), font_paths=fonts).compile(
        format="pdf", sys_inputs={"paper": shown}, timestamp=at, pdf_standards=["ua-1"]
    )
    assert isinstance(made, bytes)  # noqa: S101  of PDF it is one file
    return made
