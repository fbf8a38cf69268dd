"""A register with records of every kind that a report counts, drawn at random."""

import json
import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sonla_api.agreements.lifecycle import AgreementState
from sonla_api.agreements.models import AgreementKind, AgreementLevel
from sonla_api.delegations.lifecycle import DelegationState, Direction
from sonla_api.delegations.models import Channel, Level
from sonla_api.events.lifecycle import EventState
from sonla_api.events.models import EventKind, EventRole
from sonla_api.observations.models import ObservationQualifier
from sonla_api.partner_relations.lifecycle import RelationState
from sonla_api.partner_relations.models import RelationKind
from sonla_api.partners.models import PartnerKind
from sonla_api.projects.lifecycle import ProjectKind, ProjectState
from sonla_api.projects.models import TransactionType
from tests.conftest import Connection
from tests.workloads import rows

START = date(2022, 11, 1)
TRADED = [
    "2023-H1",
    "2024-H1",
    "2023-01/2023-06",
    "2024",
    "2024-01/2024-05",
    "2023-12-15/2024-06-14",
]
"""The same days under two names among them."""
NAMED = {"vi": "Hủa Phăn", "en": "Houaphanh", "lo": "ຫົວພັນ"}


class Chance(random.Random):
    """What a record may hold."""

    def day(self) -> date:
        return START + timedelta(days=self.randrange(800))

    def period(self) -> str | None:
        """As vague and as long as real ones, as JSON: days, months, half-years, open, none."""
        day = self.day()
        last = day + timedelta(days=self.choice([0, 1, 3, 40, 400]))
        half = f"{day.year}-H{1 + day.month // 7}"
        found = self.choice(
            [
                *(str(day), f"{day}/{last}", f"{day}/{last}", str(day)[:7], half, str(day.year)),
                *(f"{day.year}/{last.year + 1}", f"{day}/..", f"../{day}", None),
            ]
        )
        return found and json.dumps(found)

    def some(self, codes: Any) -> Any:
        """One of a list of codes, or nothing."""
        return self.choice([*codes, None])


async def fill(database: "Connection[Any]", chance: Chance, size: int = 60) -> None:
    """Agencies with delegations, projects and tasks, and partners with relations."""
    agencies = [await rows.agency(database, visibility="public") for _ in range(3)]
    for _ in range(size):
        await visit(database, chance, agencies)
    for _ in range(size // 3):
        await relation(database, chance)
        await project(database, chance)
        await agreement(database, chance)
        await event(database, chance)
    await figures(database, chance)
    plans = [await rows.plan(database, period=chance.period()) for _ in range(4)]
    for _ in range(size // 2):
        await task(database, chance, chance.choice(plans), agencies[:2])


async def visit(database: "Connection[Any]", chance: Chance, agencies: list[UUID]) -> UUID:
    direction = chance.some(Direction)
    states = [*DelegationState, DelegationState.closed] if direction else []
    return await rows.row(
        database,
        "delegations",
        title=NAMED,
        state=chance.choice([*states, DelegationState.recorded]),
        direction=direction,
        channel=chance.some(Channel),
        level=chance.some(Level),
        lead_agency_id=chance.some(agencies[:2]),
        headcount=chance.some([1, 7, 12]),
        when=chance.period(),
    )


async def relation(database: "Connection[Any]", chance: Chance) -> None:
    whole = await rows.row(database, "partners", kind="local_government", name=NAMED, country="LA")
    kinds = [PartnerKind.local_government, PartnerKind.diplomatic_mission, PartnerKind.ingo]
    partner = await rows.row(
        database,
        "partners",
        kind=chance.choice(kinds),
        name=NAMED,
        country=chance.choice(["LA", "LA", "FR"]),
        parent_id=chance.some([whole, None]),
    )
    for _ in range(2):
        await rows.row(
            database,
            "partner_relations",
            partner_id=partner,
            kind=chance.choice([RelationKind.cooperation, RelationKind.funding]),
            state=chance.choice([*RelationState]),
            valid=chance.period(),
        )


async def agreement(database: "Connection[Any]", chance: Chance) -> None:
    state = chance.choice([*AgreementState, AgreementState.signed, AgreementState.in_force])
    is_closed = state in {"expired", "renewed", "terminated"}
    await rows.row(
        database,
        "agreements",
        kind=chance.choice([*AgreementKind]),
        title=NAMED,
        state=state,
        on_behalf_of=chance.some(AgreementLevel),
        signed_on=chance.period(),
        effective=chance.period(),
        auto_renew=chance.some([True, False]),
        ended_on=chance.some([str(chance.day())]) if is_closed else None,
    )


async def event(database: "Connection[Any]", chance: Chance) -> None:
    """Ordered in one currency, in two, twice in one, in none."""
    usd, vnd = ({"amount": a, "currency": c} for a, c in (("0.25", "USD"), ("9000000", "VND")))
    some: dict[str, Any] = {
        "contracts": chance.some([2, 7]),
        "orders": chance.choice([[usd], [vnd, usd], [usd, usd], []]),
        "visitors": chance.some([20000]),
    }
    await rows.row(
        database,
        "events",
        kind=chance.choice([*EventKind]),
        name=NAMED,
        state=chance.choice([*EventState, EventState.held, EventState.recorded]),
        role=chance.some(EventRole),
        when=chance.period(),
        enterprise_count=chance.some([3, 14]),
        results=chance.choice([some, some, None]),
    )


async def figures(database: "Connection[Any]", chance: Chance) -> None:
    """Two series of one trade that count differently, one of both flows, and one of none."""
    for code, flow, unit in (
        ("exports.total", "exports", "USD"),
        ("trade.exports", "exports", "USD"),
        ("trade.weight", "both", "t"),
        ("roads", None, "km"),
    ):
        indicator = await rows.row(
            database, "indicators", code=code, name=NAMED, unit=unit, coverage=NAMED, flow=flow
        )
        for n in range(60):
            dimensions = [{}, {"product": "0810"}, {"partner_country": "LA"}]
            flows: list[dict[str, str]] = [{"flow": "exports"}, {"flow": "imports"}, {}]
            is_both = flow == "both"
            value = chance.choice(["186600000", "1.50", "0", None])
            await rows.row(
                database,
                "observations",
                indicator_id=indicator,
                dimensions=chance.choice(dimensions[:2] + [{}] * 4)
                | (chance.choice(flows) if is_both else {}),
                period=json.dumps(chance.choice(TRADED)),
                value=value,
                change_yoy="0.088" if value is None else chance.some(["0.1"]),
                value_kind=chance.choice([None, None, "flow", "stock"]),
                qualifier=chance.choice([None, None, *ObservationQualifier]),
                vintage=f"{2020 + n % 5}-{1 + n // 5:02}",
            )


async def project(database: "Connection[Any]", chance: Chance) -> UUID:
    id_ = await rows.row(
        database,
        "projects",
        kind=chance.choice([*ProjectKind]),
        title=NAMED,
        state=chance.choice([*ProjectState]),
        period=chance.period(),
    )
    for _ in range(4):
        await money(database, chance, id_)
    return id_


async def money(database: "Connection[Any]", chance: Chance, project_id: UUID) -> UUID:
    amount = chance.choice(["35200000.50", "970000000000", "0.000001", "7"])
    return await rows.row(
        database,
        "transactions",
        project_id=project_id,
        type=chance.choice([*TransactionType]),
        on=chance.period(),
        value={"amount": amount, "currency": chance.choice(["USD", "VND"])},
    )


async def task(
    database: "Connection[Any]", chance: Chance, plan_id: UUID, agencies: list[UUID]
) -> UUID:
    """A task that an agency leads, which may have been withdrawn from another one before."""
    due = chance.some([chance.day(), chance.day()])
    parent = chance.some([None, None, await rows.task(database, plan_id)])
    id_ = await rows.task(
        database, plan_id, due=due and {"kind": "date", "on": str(due)}, parent_id=parent
    )
    for agency in chance.sample(agencies, 2):
        given = chance.day()
        ended = str(given + timedelta(days=chance.randrange(90)))
        is_last = agency == agencies[0]
        ways: list[dict[str, str]] = [{"done_on": ended}, {}] if is_last else []
        how = chance.choice([*ways, {"cancelled_on": ended}])
        await rows.assignment(database, id_, agency, assigned_on=str(given), **how)
    return id_
