"""A paper as PDF, with the charts of its figures and each number linked to what it counts."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from sonla_api.reports.charts import charts_of
from sonla_api.reports.measures import widths
from sonla_api.reports.paper import NAME, Paper

_HERE = Path(__file__).parent


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
    return _readable(json.dumps(shown), int(paper.made_at.timestamp()))


def _readable(shown: str, at: int) -> bytes:
    """As PDF/UA-1, for screen readers too. That allows no character which the fonts lack; a page
    with one is better than none.
    """
    try:
        return _compiled(shown, at, ["ua-1"])
    except typst.TypstError:
        return _compiled(shown, at, [])


def _compiled(shown: str, at: int, standards: list["typst.PDFStandard"]) -> bytes:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")]
    )
    made = typst.Compiler((_HERE / "paper.typ").read_bytes(), font_paths=fonts).compile(
        format="pdf", sys_inputs={"paper": shown}, timestamp=at, pdf_standards=standards
    )
    assert isinstance(made, bytes)  # noqa: S101  of PDF it is one file
    return made
