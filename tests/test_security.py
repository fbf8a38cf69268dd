"""What docs/security.md says of this project, as far as a test can say whether it is true."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sonla_api import api
from sonla_api.kit.listing import Listing
from sonla_api.kit.model import Model
from sonla_api.migrating import PACKAGE

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
CLIENTS = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "imaplib",
    "niquests",
    "poplib",
    "requests",
    "smtplib",
    "socketserver",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
    "xmlrpc",
}
CALLS = {"create_connection", "open_connection", "sock_connect"}


def test_every_line_names_a_test_that_is_there_or_says_that_none_holds_it() -> None:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    assert [section.partition(":")[0] for section in sections] == [f"API{n}" for n in range(1, 11)]
    for section in sections:
        lines = re.findall(r"^\| (?!what)(.+) \| (.+) \|$", section, re.MULTILINE)
        assert lines, section
        for what, holds in lines:
            named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", holds)
            assert named or holds.startswith("**Not held"), what
            for file, name in named:
                text = (TESTS / file).read_text(encoding="utf-8")
                assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), (file, name)


def test_nothing_here_calls_out() -> None:
    """An address that a caller writes is text: nothing in the service could fetch it."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: set[str] = set()
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Attribute):
                assert node.attr not in CALLS, (path, node.lineno)
            assert not {n for n in names if n in CLIENTS or n.partition(".")[0] in CLIENTS}, path


def listings(above: type[Listing] = Listing) -> Iterator[type[Listing]]:
    for listing in above.__subclasses__():
        yield listing
        yield from listings(listing)


def test_no_order_tells_of_what_strangers_do_not_see() -> None:
    """Else they would find a hidden value between two that they see."""
    assert api.v1  # what brings the lists
    models = [mapper.class_ for mapper in Model.registry.mappers]
    hidden = {(it.__tablename__, name) for it in models for name in getattr(it, "internal", ())}
    assert ("delegations", "funding") in hidden
    sorted_by = [order.expression for listing in listings() for order in listing.orders.values()]
    assert len(sorted_by) > 40
    for order in sorted_by:
        assert order.base_columns
        assert not hidden & {(it.table.name, it.key) for it in order.base_columns}, order
