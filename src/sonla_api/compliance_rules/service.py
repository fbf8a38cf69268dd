"""What is said of rules that are examples, and what all rules say of a delegation."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sonla_api.compliance_rules.cases import Case, cases
from sonla_api.compliance_rules.checks import check, leaders
from sonla_api.compliance_rules.deadlines import spans
from sonla_api.compliance_rules.facts import Figures, RuleVersion, Span, Subject
from sonla_api.compliance_rules.models import ComplianceResult, ComplianceRule, RuleKind
from sonla_api.compliance_rules.queries import compliance_rules, facts, figures
from sonla_api.compliance_rules.schemas import (
    ComplianceRuleCreate,
    ComplianceRuleUpdate,
    DelegationCompliance,
)
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.records import Item
from sonla_api.kit.store import Expected, create, update
from sonla_api.kit.text import Message

_EXAMPLE = Message(
    "The rule is an example; enter the one in force with its legal basis.",
    "Quy tắc chỉ là ví dụ; hãy nhập quy tắc đang có hiệu lực cùng căn cứ pháp lý.",
)


async def register(ctx: WriteContext, body: ComplianceRuleCreate) -> Item:
    return await create(ctx, compliance_rules, body, _judge)


async def revise(
    ctx: WriteContext, id_: UUID, expected: Expected, body: ComplianceRuleUpdate
) -> None:
    await update(ctx, ComplianceRule, id_, expected, ComplianceRuleCreate, body, _judge)


async def _judge(_: WriteContext, __: UUID | None, values: dict[str, Any]) -> Mapping[str, Message]:
    return {"example_rule": _EXAMPLE} if values["is_example"] else {}


async def compliance(ctx: Context, id_: UUID) -> DelegationCompliance:
    """What the rules say of a delegation, in two queries however many there are."""
    subject, rules = await facts(ctx, id_)
    seen = [*cases(subject, (rule for rule in rules if rule.is_seen), ctx.today)]
    asked = [*dict.fromkeys(spans(subject, seen, ctx.today))]
    others, counted = await figures(ctx, **_wanted(subject, seen, asked))
    known = Figures(others, dict(zip(asked, counted, strict=True)), ctx.today)
    checks = [check(subject, case, known) for case in seen]
    totals = Counter(made.result for made in checks)
    return DelegationCompliance(
        delegation_id=subject.id,
        as_of=ctx.today,
        passed=totals[ComplianceResult.pass_],
        warnings=totals[ComplianceResult.warning],
        not_applicable=totals[ComplianceResult.not_applicable],
        hidden_rules=len({rule.code for rule in rules if not rule.is_seen}),
        checks=checks,
    )


def _wanted(subject: Subject, seen: Sequence[Case], asked: Sequence[Span]) -> dict[str, Any]:
    """Which other delegations may count, and which working days."""
    applying = [(case, case.held) for case in seen if isinstance(case.held, RuleVersion)]
    persons = [
        json.dumps([{"agency_id": str(person[0]), "person_key": person[1]}])
        for case, version in applying
        if version.kind is RuleKind.trips_per_year and (person := subject.members[case.part].person)
    ]
    positions = {
        position
        for _, version in applying
        if subject.is_exact
        and leaders([subject], version.positions)
        and version.kind is RuleKind.leaders_at_once
        for position in version.positions
    }
    year = subject.first and subject.first.year
    return {
        "id": subject.id,
        "persons": persons,
        "leaders": sorted(positions),
        "year_first": year and date(year, 1, 1),
        "year_end": year and date(year + 1, 1, 1) if year != date.max.year else None,
        "trip_first": subject.first,
        "trip_end": subject.until,
        "starts": [span.start for span in asked],
        "days": [span.days for span in asked],
        "lasts": [span.last for span in asked],
    }
