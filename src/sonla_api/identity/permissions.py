"""What a role may do: the scopes of a credential are a second gate, and both must pass."""

from collections.abc import Iterable

from sonla_api.kit.codes import CodeList
from sonla_api.kit.owners import ADMINISTER

RESOURCES = (
    "sources",
    "agencies",
    "partners",
    "documents",
    "agreements",
    "partner_relations",
    "calendar_days",
    "delegations",
    "compliance_rules",
    "events",
    "calendar",
    "projects",
    "transactions",
    "indicators",
    "observations",
    "trade",
    "plans",
    "tasks",
    "assignments",
    "progress_reports",
    "evidence",
    "sites",
    "notices",
    "notice_acknowledgements",
    "reports",
    "search",
    "data_quality",
    "changes",
    "code_lists",
)
_READ_ONLY = {"calendar", "changes", "code_lists", "search", "trade"}
READ = frozenset(f"{resource}:read" for resource in RESOURCES)
_OF_THE_PROVINCE = {"calendar_days", "compliance_rules"}
"""They move every due day of the province, so they are no officer's own records."""
_WRITTEN_BY_FEW = _READ_ONLY | _OF_THE_PROVINCE
WRITE = frozenset(f"{resource}:write" for resource in RESOURCES if resource not in _WRITTEN_BY_FEW)
APPROVE = frozenset(
    {
        "agreements:approve",
        "assignments:approve",
        "delegations:approve",
        "projects:approve",
        "reports:approve",
    }
)
_BY_ADMINISTRATORS = {f"{resource}:write" for resource in _OF_THE_PROVINCE}
EVERY = READ | WRITE | APPROVE | _BY_ADMINISTRATORS | {"partners:merge", ADMINISTER}


class Role(CodeList):
    viewer = "viewer", "Viewer", "Người xem"
    officer = "officer", "Officer", "Cán bộ"
    approver = "approver", "Approver", "Người phê duyệt"
    administrator = "administrator", "Administrator", "Quản trị viên"


_OF_ROLE = {
    Role.viewer: READ,
    Role.officer: READ | WRITE,
    Role.approver: READ | WRITE | APPROVE,
    Role.administrator: EVERY,
}


IN_CALENDAR = frozenset({"calendar:read", "delegations:read", "events:read"})
"""What the key of a calendar opens, as far as its owner holds it."""


def held(role: Role, scopes: Iterable[str] | None) -> frozenset[str]:
    """The permissions of a credential: those of its role that its scopes name too."""
    return _OF_ROLE[role] if scopes is None else _OF_ROLE[role] & frozenset(scopes)
