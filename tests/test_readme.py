"""The tour of README.md: its calls are made, and its answers are what the service answers."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx

from sonla_api.identity.keys import create_key

README = Path(__file__).parents[1] / "README.md"
STEPS = re.findall(
    r"```sh\n(curl .*?)```\n+```(?:json|http)\n(.*?)```", README.read_text(), re.DOTALL
)
VARIABLE = re.compile(r"\$[A-Z]+")
SHORTENED = "…"


def _call(client: httpx.Client, command: str, variables: dict[str, str]) -> httpx.Response:
    """What curl would do, for the few options that the tour uses."""
    said = VARIABLE.sub(lambda name: variables[name[0]], command.replace("\\\n", " "))
    words = shlex.split(said)[1:]
    method, url, headers, content = "GET", "", {}, None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            content = words.pop(0)
        elif not word.startswith("-"):
            url = word
    path = url.removeprefix("http://127.0.0.1:8000")
    assert path != url, command
    return client.request(method, path, headers=headers, content=content)


def _is_shown(shown: Any, real: Any, variables: dict[str, str]) -> bool:
    """Whether a shortened answer says nothing that the real one does not say.

    Where it shows a variable, that takes what stands there, for the calls to come.
    """
    if shown == SHORTENED:
        return True
    if isinstance(shown, str) and VARIABLE.fullmatch(shown):
        variables[shown] = real
        return isinstance(real, str)
    if isinstance(shown, dict):
        ends_open = SHORTENED in shown
        names = [name for name in shown if name != SHORTENED]
        same = isinstance(real, dict) and all(
            name in real and _is_shown(shown[name], real[name], variables) for name in names
        )
        return same and (ends_open or len(names) == len(real))
    if isinstance(shown, list):
        kept = shown[:-1] if shown[-1:] == [SHORTENED] else shown
        return (
            isinstance(real, list)
            and all(_is_shown(*pair, variables) for pair in zip(kept, real, strict=False))
            and (len(kept) == len(real) if kept is shown else len(kept) <= len(real))
        )
    return bool(shown == real)


def test_the_comparison_can_fail() -> None:
    taken: dict[str, str] = {}
    assert _is_shown({"a": 1, "…": "…"}, {"a": 1, "b": 2}, taken)
    assert not _is_shown({"a": 1}, {"a": 1, "b": 2}, taken)
    assert not _is_shown({"a": [1, "…"]}, {"a": [2, 3]}, taken)
    assert not _is_shown({"items": [1, 2]}, {"items": [1]}, taken)
    assert not _is_shown({"id": "$ID"}, {"id": None}, taken)
    assert _is_shown([{"id": "$ID"}], [{"id": "01a2"}], taken)
    assert taken == {"$ID": "01a2"}


async def test_the_tour_is_true(live_server: str, loaded: None, database: Any) -> None:
    assert len(STEPS) == 16
    key = await create_key(database, name="first administrator", role="administrator")
    variables = {"$KEY": key}
    with httpx.Client(base_url=live_server) as client:
        for command, answer in STEPS:
            response = _call(client, command, variables)
            shown = json.loads(answer)
            assert _is_shown(shown, response.json(), variables), f"{command}\n{response.text}"
