"""The sections of what was agreed and of what was held: lines as in `sections`."""

from sonla_api.agreements.figures import STANDINGS
from sonla_api.agreements.models import AgreementKind, AgreementLevel
from sonla_api.events.models import EventKind, EventRole
from sonla_api.kit.text import Message
from sonla_api.reports.figures import Grid, Line, Measure, Placing, Section, Unit
from sonla_api.reports.parts import Part
from sonla_api.reports.subjects import AGREEMENTS, EVENTS, ORDERS

M = Message
_AGREEMENTS = {
    "signed": (M("Agreements signed", "Thỏa thuận đã ký trong kỳ"), Placing.within, []),
    "in_force": (
        M("Agreements in force", "Thỏa thuận đang có hiệu lực"),
        Placing.at_end,
        STANDINGS["in_force"],
    ),
    "expiring": (
        M("Agreements that end within 90 days", "Thỏa thuận sắp hết hiệu lực trong 90 ngày"),
        Placing.at_end,
        STANDINGS["expiring"],
    ),
}


def _agreements(prefix: str = "") -> list[Line]:
    """Those signed in the period, and how agreements stand as of its end."""
    return [
        Line(
            f"{prefix}{name}",
            label,
            AGREEMENTS,
            Measure(Unit.agreement),
            {"standing": standing} if standing else {},
            placing,
        )
        for name, (label, placing, standing) in _AGREEMENTS.items()
    ]


_AGREEMENT_GRIDS = [
    Grid(
        "agreements.by_kind",
        M("Agreements by kind", "Thỏa thuận theo loại"),
        "kind",
        list(AgreementKind),
        "",
        _agreements(),
    ),
    Grid(
        "agreements.by_level",
        M("Agreements by level", "Thỏa thuận theo cấp ký"),
        "on_behalf_of",
        list(AgreementLevel),
        "on_behalf_of",
        _agreements(),
    ),
]

AGREEMENTS_SIGNED = Section(
    Part.agreements,
    _agreements("agreements."),
    _AGREEMENT_GRIDS,
)

_AT_EVENTS = {
    "enterprises": (Unit.enterprise, M("Enterprises taken along", "Doanh nghiệp tham gia")),
    "contracts": (Unit.contract, M("Contracts signed", "Hợp đồng đã ký")),
    "visitors": (Unit.visitor, M("Visitors", "Lượt khách")),
}


def _events(prefix: str = "") -> list[Line]:
    """Events that took place, and what is known to have come of them."""
    return [
        Line(prefix.rstrip(".") or "events", M("Events", "Sự kiện"), EVENTS, Measure(Unit.event)),
        *(
            Line(f"{prefix}{name}", label, EVENTS, Measure(unit, name))
            for name, (unit, label) in _AT_EVENTS.items()
        ),
    ]


_ORDERS = Line(
    "events.orders", M("Orders", "Giá trị đặt hàng"), ORDERS, Measure(Unit.money, "amount")
)
_EVENT_GRIDS = [
    Grid(
        "events.by_kind",
        M("Events by kind", "Sự kiện theo loại"),
        "kind",
        list(EventKind),
        "",
        _events(),
    ),
    Grid(
        "events.by_role",
        M("Events by the province's role", "Sự kiện theo vai trò của tỉnh"),
        "role",
        list(EventRole),
        "role",
        _events(),
    ),
]

EVENTS_HELD = Section(
    Part.events,
    [*_events("events."), _ORDERS],
    _EVENT_GRIDS,
)
