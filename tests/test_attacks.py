"""What `make hostile` sends and how it judges, without a service: it misses no address, and sees
what is wrong.
"""

import json
from typing import Any

import pytest

from hostile import attacks, hidden, values
from hostile.contract import OPERATIONS, RESOURCES, places, with_value
from hostile.judging import judged, lost
from hostile.wire import Answer
from sonla_api.kit.model import Resource

LIST = next(it for it in OPERATIONS if it.path == "/api/v1/partners" and it.method == "GET")
CREATE = next(it for it in OPERATIONS if it.path == "/api/v1/partners" and it.method == "POST")
HELD = {
    "content-type": "application/problem+json",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}
PROBLEM = {
    "type": "/docs/problems/invalid",
    "title": "A value breaks a rule",
    "status": 422,
    "detail": "Put right what `errors` names and send it again.",
    "instance": "/api/v1/partners",
    "request_id": "x",
}


def answered(status: int = 422, **changed: Any) -> Answer:
    return Answer(status, HELD, json.dumps(PROBLEM | changed).encode())


def test_every_operation_is_attacked_as_part_of_a_resource() -> None:
    assert sum(map(len, RESOURCES.values())) == len(OPERATIONS)
    for operation in OPERATIONS:
        aimed = [*attacks.headers(operation, b""), *attacks.framings(operation)]
        if operation.method == "GET":
            aimed += attacks.queries(operation)
        assert {it.target.partition(b"?")[0] for it in aimed} == {
            operation.path.replace("{name}", "partner-kinds").encode()
        }


def test_every_field_of_a_body_meets_every_value() -> None:
    sent = [it.sent for it in attacks.fields(CREATE, CREATE.example)]
    assert len(sent) == len([*places(CREATE.schema)]) * len(values.FIELDS)
    named = {name for body in sent for name in body}
    assert {"name", "aliases", "owner_agency_id", "flags", "printed"} <= named
    inside = with_value({}, CREATE.schema, ("sources", 0, "locator"), 5)
    assert inside["sources"][0]["locator"] == 5


def test_of_every_kind_as_many_as_the_budget_has() -> None:
    many, few = [*attacks.queries(LIST)], [*attacks.framings(LIST)]
    chosen = attacks.within(100, {"queries": many, "framing": few})
    kinds = [it.kind for it in chosen]
    assert len(chosen) == 100
    assert kinds.count("queries") == 100 - len(few)
    assert chosen[0] == many[0]


def test_what_strangers_do_not_read_has_a_value_to_look_for() -> None:
    for model in Resource.__subclasses__():
        found = hidden.fields(model.__tablename__.replace("_", "-"), "x")
        assert found.keys() == model.internal - Resource.internal, model


@pytest.mark.parametrize(
    ("caller", "text", "is_shown"),
    [
        ("other", hidden.MARK, True),
        ("stranger", hidden.MARK, True),
        ("owner", hidden.MARK, False),
        ("stranger", hidden.INNER_MARK, True),
        ("reader", hidden.INNER_MARK, False),
    ],
)
def test_what_is_hidden_is_seen_in_an_answer(caller: str, text: str, *, is_shown: bool) -> None:
    attack = attacks.Attack("queries", b"GET", b"/", caller=caller)
    answer = Answer(200, HELD, json.dumps({"note": text}, ensure_ascii=False).encode())
    assert hidden.shows_hidden(attack, answer) == is_shown


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (answered(500), "500"),
        (answered(418), "418 is not described"),
        (Answer(422, HELD | {"content-type": "text/plain"}, b"no"), "an error as text/plain"),
        (Answer(422, HELD, b"<p>"), "a problem that is no JSON"),
        (Answer(400, HELD, answered().content), "a problem that says 422"),
        (answered(title=5), 'a problem that 5 is not of type "string"'),
        (answered(detail="select id from partners"), "tells of 'select id from'"),
        (answered(detail="in /usr/lib/x.py"), "tells of '/usr/'"),
        (answered(detail="KeyError"), "tells of 'KeyError'"),
        (Answer(200, {}, b"{}"), "without x-frame-options"),
    ],
)
def test_what_is_wrong_with_an_answer_is_seen(answer: Answer, fault: str) -> None:
    assert fault in [*judged(answer, LIST, b"q=x")]


def test_nothing_is_wrong_with_a_refusal_that_repeats_what_was_sent() -> None:
    assert [*judged(answered(), LIST, b"")] == []
    assert [*judged(answered(detail="KeyError"), LIST, b"q=KeyError")] == []


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"note": "ab"}, {"note": "a"}),
        ({"note": "x"}, {}),
        ({"count": 1}, {"count": True}),
        ({"partner_id": "a"}, {"partner": {"id": "b"}}),
        ({"partner_id": "a"}, {"partner": None}),
        ({"names": ["a", "b"]}, {"names": ["a"]}),
        ({"cost": {"amount": "1.50"}}, {"cost": {"amount": "1.5"}}),
    ],
)
def test_what_was_altered_is_seen(sent: Any, read: Any) -> None:
    assert [*lost(sent, read)]


def test_what_was_kept_is_not_called_altered() -> None:
    sent = {"note": "e\u0301", "partner_id": "A", "gone": None, "names": ["a"]}
    read = {"note": "\u00e9", "partner": {"id": "a"}, "names": ["a"], "version": 1}
    assert [*lost(sent, read)] == []
