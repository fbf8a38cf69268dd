"""What must be true in the end: nothing lost, nothing doubled, nothing missing in the feed."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from torture.clients import VERBS, Act
from torture.service import Service

_MADE = """
    select id::text, name->>'en' as key from partners
    union all select id::text, title->>'en' from delegations
"""
_STEPS = "select record_id::text || ' ' || verb, id::text from transitions"


async def findings(service: Service, acts: list[Act], events: list[Any]) -> dict[str, int]:
    """How many of each kind of fault there are; all must be none."""
    connection = await service.connect()
    made = [tuple(row) for row in await connection.fetch(_MADE)]
    steps = [tuple(row) for row in await connection.fetch(_STEPS)]
    states = await connection.fetch(
        "select d.id, d.state, (select count(*) from transitions t where t.record_id = d.id)"
        " as taken from delegations d"
    )
    await connection.close()
    records = [act for act in acts if " " not in act.what]
    taken = [act for act in acts if " " in act.what]
    created = Counter(e["data"]["id"] for e in events if e["type"].endswith(".created.v1"))
    updated = Counter(e["data"]["id"] for e in events if e["type"].endswith(".updated.v1"))
    wanted = Counter(act.what.split()[0] for act in taken)
    after = (None, "submitted", "approved", "under_way", "completed")
    return {
        "records lost": _missing(((act.id, act.key) for act in records), made),
        "records doubled": _doubled(key for _, key in made),
        "steps lost": _missing(((act.what, act.id) for act in taken), steps),
        "steps taken twice": _doubled(what for what, _ in steps),
        "delegations in another state than their steps say": sum(
            row["taken"] > len(VERBS) or (row["taken"] and row["state"] != after[row["taken"]])
            for row in states
        ),
        "records missing in the feed": sum(not created[act.id] for act in records),
        "records told of twice": sum(count > 1 for count in created.values()),
        "steps missing in the feed or told twice": sum(
            updated[id_] != count for id_, count in wanted.items()
        ),
        "events told twice": _doubled(event["id"] for event in events),
    }


def _missing(promised: Iterable[Any], there: Iterable[Any]) -> int:
    return len(set(promised) - set(there))


def _doubled(names: Iterable[str]) -> int:
    return sum(count > 1 for count in Counter(names).values())
