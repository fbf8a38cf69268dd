"""A page for each kind of problem, in Vietnamese and English, readable by everybody."""

import re
import unicodedata
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest

import sonla_api.docs
from sonla_api.docs import pages
from sonla_api.kit.problems import NotFound, Problem, StaleVersion
from sonla_api.kit.text import Message

STATIC = Path(sonla_api.docs.__file__).parent / "static"
VOID = {"meta", "link", "img", "br"}


class Outline(HTMLParser):
    """Which elements a page has; every one that opens must close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def kinds() -> list[type[Problem]]:
    return list(pages.problems().values())


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.slug())
def test_each_problem_has_its_page(kind: type[Problem]) -> None:
    page = pages.problem_page("", kind)
    outline = Outline(page)
    assert outline.seen.count("h1") == 1
    assert outline.seen.count("section") == 2
    assert kind.slug() in page
    assert 'lang="vi"' in page
    assert 'lang="en"' in page
    assert unicodedata.is_normalized("NFC", page)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.slug())
def test_what_to_do_is_said_in_whole_sentences(kind: type[Problem]) -> None:
    """A value that only one answer knows cannot stand in what the page says of all of them."""
    for text in (*kind.title, *kind.remedy):
        assert "{" not in text
    assert all(sentence.endswith(".") for sentence in kind.remedy)
    assert kind.title.vi != kind.title.en


def test_no_two_problems_share_a_page() -> None:
    every, waiting = [], [Problem]
    while waiting:
        every.append(kind := waiting.pop())
        waiting += kind.__subclasses__()
    slugs = [it.slug() for it in every if it.__module__.startswith("sonla_api.")]
    assert len(slugs) == len(set(slugs))


def test_the_list_names_every_problem_in_order_of_status() -> None:
    page = pages.problems_page("")
    Outline(page)
    listed = re.findall(r'href="/docs/problems/([\w-]+)"', page)
    assert listed == list(pages.problems())
    assert [kind.status for kind in kinds()] == sorted(kind.status for kind in kinds())


def test_texts_are_shown_as_they_are() -> None:
    class OddProblem(NotFound):
        title = Message("<b>Not</b> & found", "Không & <i>thấy</i>")
        remedy = Message("Look at `a<b`.", "Xem `a<b`.")

    page = pages.problem_page("", OddProblem)
    Outline(page)
    assert "&lt;b&gt;Not&lt;/b&gt; &amp; found" in page
    assert "Không &amp; &lt;i&gt;thấy&lt;/i&gt;" in page
    assert "<code>a&lt;b</code>" in page


def test_a_page_shows_the_headers_of_its_answer() -> None:
    page = pages.problem_page("", pages.problems()["busy"])
    assert "Retry-After: 1" in page
    assert "Retry-After" not in pages.problem_page("", StaleVersion)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper(scheme: str) -> None:
    """WCAG 2.2 asks for a contrast of 4.5 between text and what it stands on."""
    colours = palette("site.css", scheme)
    for ink, paper in product(("ink", "soft", "link", "mark"), ("paper", "raised")):
        assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_the_register_stand_out_too(scheme: str) -> None:
    """4.5 for what is written on a tile, 3 for what is a shape alone."""
    colours = palette("site.css", scheme) | palette("register.css", scheme)
    for step in "123":
        assert contrast(colours[f"on-{step}"], colours[f"step-{step}"]) >= 4.5, step
    for shape in ("tone-1", "tone-2", "tone-3", "tone-4", "good", "late", "bad", "open"):
        assert contrast(colours[shape], colours["paper"]) >= 3, shape


def palette(name: str, scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\n *\}", (STATIC / name).read_text(), re.DOTALL)
    assert len(blocks) == 2
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return found[0] if scheme == "light" else found[0] | found[1]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, from 0 to 1, as WCAG 2.2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return sum(weight * it for weight, it in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
