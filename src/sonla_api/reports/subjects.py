"""The lists that the figures of a report are taken from."""

from sqlalchemy import Integer, case, cast

from sonla_api.agreements.figures import SIGNED, STANDINGS
from sonla_api.agreements.queries import AgreementListing
from sonla_api.delegations.lifecycle import TOOK_PLACE
from sonla_api.delegations.models import Delegation
from sonla_api.delegations.queries import DelegationListing
from sonla_api.events.lifecycle import TOOK_PLACE as HELD
from sonla_api.events.models import Event
from sonla_api.events.queries import EventListing, ordered, result
from sonla_api.kit.model import constant
from sonla_api.kit.tallies import Counts, Tally
from sonla_api.partner_relations.queries import PartnerRelationListing
from sonla_api.plans.queries import PlanListing
from sonla_api.projects.figures import STANDING
from sonla_api.projects.models import Project, TransactionType
from sonla_api.projects.queries import ProjectListing
from sonla_api.reports.figures import Placed, Placing, Subject
from sonla_api.transactions.models import Transaction
from sonla_api.transactions.queries import TransactionListing

D, E, P, T = Delegation, Event, Project, Transaction
_ORDERED = ordered()

DELEGATIONS = Subject(
    "delegations",
    DelegationListing,
    Tally(
        D,
        days=D.when_days,
        by={
            "state": D.state,
            "direction": D.direction,
            "channel": D.channel,
            "level": D.level,
            "lead_agency_id": D.lead_agency_id,
        },
        sums={
            "person_trips": D.headcount,
            "without_headcount": cast(D.headcount.is_(None), Integer),
        },
    ),
    fixed={"state": list(TOOK_PLACE)},
)
RELATIONS = Subject("partner-relations", PartnerRelationListing)
AGREEMENTS = Subject(
    "agreements",
    AgreementListing,
    fixed={"state": SIGNED},
    placed={
        Placing.within: Placed(
            lambda span: {"signed_within": span.period},
            lambda span: {"signing_not_placed_in": span.period},
        ),
        Placing.at_end: Placed(
            lambda span: {"as_of": span.last},
            lambda span: {"as_of": span.last, "standing": STANDINGS["undated"]},
        ),
    },
)
PROJECTS = Subject(
    "projects",
    ProjectListing,
    Tally(P, days=P.period_days, by={"kind": P.kind, "state": P.state}),
    fixed={"state": STANDING},
)
MONEY = Subject(
    "transactions",
    TransactionListing,
    Tally(
        T,
        days=T.on_days,
        by={
            "project_kind": P.kind,
            "project_state": P.state,
            "type": T.type,
            "currency": T.currency,
        },
        sums={
            "amount": case(
                (T.type == constant(TransactionType.decrease), -T.amount), else_=T.amount
            )
        },
        part_of=T.project_id,
        whole=P,
    ),
    fixed={"project_state": STANDING},
    without="project_without",
    currency="currency",
)
EVENTS = Subject(
    "events",
    EventListing,
    Counts(
        E,
        days=E.when_days,
        by={"state": E.state, "kind": E.kind, "role": E.role},
        sums={
            "enterprises": E.enterprise_count,
            "contracts": result("contracts"),
            "visitors": result("visitors"),
        },
    ),
    fixed={"state": list(HELD)},
)
ORDERS = Subject(
    "events",
    EventListing,
    Counts(
        E,
        days=E.when_days,
        by={"state": E.state, "order_currency": _ORDERED.c.currency},
        sums={"amount": _ORDERED.c.amount},
        each=_ORDERED,
    ),
    fixed={"state": list(HELD)},
    implied={"has_orders": True},
    currency="order_currency",
)
PLANS = Subject("plans", PlanListing)
