"""The report as a table of data: which figures a section has, and by which filters each is counted.

A section is added by adding its lines here; how they are read, compared and shown follows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sonla_api.delegations.lifecycle import Direction
from sonla_api.delegations.models import Channel, Level
from sonla_api.kit.text import Message
from sonla_api.partner_relations.models import RelationKind
from sonla_api.partners.models import PartnerKind
from sonla_api.projects.lifecycle import ProjectKind
from sonla_api.projects.money import SUMS
from sonla_api.reports.figures import Grid, Line, Measure, Placing, Section, Unit
from sonla_api.reports.occasions import AGREEMENTS_SIGNED, EVENTS_HELD
from sonla_api.reports.parts import Part
from sonla_api.reports.subjects import DELEGATIONS, MONEY, PLANS, PROJECTS, RELATIONS

M = Message
_VISITS = Measure(Unit.delegation)
_PERSONS = Measure(Unit.person_trip, "person_trips")
_UNTOLD = Measure(Unit.delegation, "without_headcount", {"without": ["headcount"]})
_DIRECTIONS: Mapping[str, tuple[Message, Mapping[str, Any]]] = {
    "outbound": (M("Delegations sent abroad", "Đoàn ra"), {"direction": Direction.outbound}),
    "inbound": (M("Delegations received", "Đoàn vào"), {"direction": Direction.inbound}),
    "domestic": (
        M("Working visits in Viet Nam", "Đoàn công tác trong nước"),
        {"direction": Direction.domestic},
    ),
    "direction_unknown": (
        M("Delegations of unknown direction", "Đoàn chưa rõ ra hay vào"),
        {"without": ["direction"]},
    ),
}


def _visits() -> list[Line]:
    """In all and by direction: delegations, then person-trips."""
    each = {"": (M("Delegations", "Tổng số đoàn"), {}), **_DIRECTIONS}
    lines = []
    for name, (label, where) in each.items():
        code = f"delegations.{name}" if name else "delegations"
        persons = M(f"{label.en}: person-trips", f"{label.vi}: lượt người")
        lines += [
            Line(code, label, DELEGATIONS, _VISITS, where),
            Line(f"{code}.person_trips", persons, DELEGATIONS, _PERSONS, where),
        ]
    unknown = M("Delegations of unknown head-count", "Đoàn chưa rõ số người")
    return [*lines, Line("delegations.without_headcount", unknown, DELEGATIONS, _UNTOLD)]


_VISIT_COLUMNS = [
    Line("delegations", M("Delegations", "Số đoàn"), DELEGATIONS, _VISITS),
    Line("person_trips", M("Person-trips", "Lượt người"), DELEGATIONS, _PERSONS),
    *(
        Line(name, label, DELEGATIONS, _VISITS, where)
        for name, (label, where) in _DIRECTIONS.items()
    ),
]
_VISIT_GRIDS = [
    Grid(
        "delegations.by_channel",
        M("Delegations by channel", "Số đoàn theo kênh"),
        "channel",
        list(Channel),
        "channel",
        _VISIT_COLUMNS,
    ),
    Grid(
        "delegations.by_level",
        M("Delegations by level", "Số đoàn theo cấp"),
        "level",
        list(Level),
        "level",
        _VISIT_COLUMNS,
    ),
    Grid(
        "delegations.by_agency",
        M("Delegations by leading agency", "Số đoàn theo cơ quan chủ trì"),
        "lead_agency_id",
        [],
        "lead_agency",
        _VISIT_COLUMNS,
    ),
]

_RELATIONS = Measure(Unit.relation)
_PARTNERS = Measure(Unit.partner, "partner_id")
_LAO_PROVINCES: dict[str, Any] = {
    "kind": [RelationKind.cooperation],
    "partner_kind": [PartnerKind.local_government],
    "country": ["LA"],
    "partner_has_parent": False,
}


def _partners(code: str, en: str, vi: str, measure: Measure = _PARTNERS, **where: Any) -> Line:
    return Line(code, M(en, vi), RELATIONS, measure, where, Placing.at_end)


_PARTNER_LINES = [
    _partners("partners", "Partners", "Đối tác có quan hệ"),
    _partners(
        "partners.lao_provinces",
        "Lao provinces in cooperation",
        "Tỉnh của Lào có quan hệ hợp tác",
        **_LAO_PROVINCES,
    ),
    _partners(
        "partners.missions",
        "Diplomatic missions",
        "Cơ quan đại diện ngoại giao",
        partner_kind=[PartnerKind.diplomatic_mission],
    ),
    _partners(
        "partners.ingos",
        "Foreign NGOs",
        "Tổ chức phi chính phủ nước ngoài",
        partner_kind=[PartnerKind.ingo],
    ),
]
_PARTNER_GRIDS = [
    Grid(
        "partners.by_kind",
        M("Relations by kind", "Quan hệ theo loại"),
        "kind",
        list(RelationKind),
        "",
        [
            _partners("relations", "Relations", "Quan hệ", _RELATIONS),
            _partners("partners", "Partners", "Đối tác"),
        ],
    ),
    Grid(
        "partners.by_partner_kind",
        M("Relations by kind of partner", "Quan hệ theo loại đối tác"),
        "partner_kind",
        list(PartnerKind),
        "",
        [
            _partners("relations", "Relations", "Quan hệ", _RELATIONS),
            _partners("partners", "Partners", "Đối tác"),
        ],
    ),
]

_PROJECTS = Measure(Unit.project)
_MONEY = Measure(Unit.money, "amount")
_SUMS = {
    "committed": M("committed", "cam kết"),
    "disbursed": M("disbursed", "giải ngân"),
    "registered": M("capital registered", "vốn đăng ký"),
    "realised": M("capital realised", "vốn thực hiện"),
    "stated": M("stated without a kind", "nêu mà không rõ loại"),
}


def _projects(
    part: Part,
    kinds: Sequence[ProjectKind],
    sums: Sequence[str],
    label: Message,
    grids: Sequence[Grid] = (),
) -> Section:
    """Projects that lie in the period, those that last in it, and the money dated in it."""
    of = {"kind": list(kinds)}
    under_way = M(f"{label.en}: under way", f"{label.vi}: đang thực hiện")
    lines = [
        Line(f"{part}.projects", label, PROJECTS, _PROJECTS, of),
        Line(f"{part}.under_way", under_way, PROJECTS, _PROJECTS, of, Placing.overlapping),
        *(
            Line(
                f"{part}.{name}",
                M(f"{label.en}: {_SUMS[name].en}", f"{label.vi}: {_SUMS[name].vi}"),
                MONEY,
                _MONEY,
                {"project_kind": list(kinds), "type": list(SUMS[name])},
            )
            for name in sums
        ),
    ]
    return Section(part, lines, grids)


K = ProjectKind
_ODA = (K.oda_loan, K.oda_grant, K.oda_technical)
_AID_SUMS = ("committed", "disbursed", "stated")


def _kinds(part: Part, kinds: Sequence[ProjectKind]) -> Grid:
    under_way, of = M("Under way", "Đang thực hiện"), {"kind": list(kinds)}
    return Grid(
        f"{part}.by_kind",
        M("Projects by kind", "Dự án theo loại"),
        "kind",
        kinds,
        "",
        [
            Line("projects", M("Projects", "Dự án"), PROJECTS, _PROJECTS, of),
            Line("under_way", under_way, PROJECTS, _PROJECTS, of, Placing.overlapping),
        ],
    )


PLANS_UNDER_WAY = Line(
    "plans",
    M("Plans under way", "Kế hoạch đang thực hiện"),
    PLANS,
    Measure(Unit.plan),
    placing=Placing.overlapping,
)
SECTIONS: Sequence[Section] = [
    Section(Part.delegations, _visits(), _VISIT_GRIDS),
    Section(Part.partners, _PARTNER_LINES, _PARTNER_GRIDS),
    AGREEMENTS_SIGNED,
    _projects(
        Part.fdi, [K.fdi], ("registered", "realised", "stated"), M("FDI projects", "Dự án FDI")
    ),
    _projects(Part.oda, _ODA, _AID_SUMS, M("ODA projects", "Dự án ODA"), [_kinds(Part.oda, _ODA)]),
    _projects(Part.ngo_aid, [K.ngo_aid], _AID_SUMS, M("NGO projects", "Khoản viện trợ PCPNN")),
    _projects(
        Part.outgoing_aid, [K.outgoing_aid], _AID_SUMS, M("Projects of aid given", "Khoản hỗ trợ")
    ),
    EVENTS_HELD,
]
