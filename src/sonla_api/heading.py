"""What the description of the service begins with, and the resources it is divided by."""

from typing import Any

VERSION = "0.1.0"
HEAD: dict[str, Any] = {
    "title": "sonla-api",
    "version": VERSION,
    "summary": "The register of a province's work with the outside world.",
    "description": (
        "Partners, relations, agreements, delegations, documents, plans and their tasks, projects "
        "and their money, and the sources that every fact comes from. Lists are paged by cursor, "
        "changes need `If-Match`, every error is a problem document (RFC 9457) in Vietnamese or "
        "English, and `/api/v1/changes` tells what changed.\n\n"
        "Sổ đăng ký công tác đối ngoại của tỉnh: đối tác, quan hệ, thỏa thuận, đoàn ra, đoàn vào, "
        "văn bản, kế hoạch và nhiệm vụ, dự án và nguồn vốn, cùng nguồn của từng thông tin."
    ),
    "contact": {"name": "sonla-api", "url": "https://sonla.gov.vn"},
    "license_info": {"name": "MIT", "identifier": "MIT"},
    "servers": [{"url": "/", "description": "This service."}],
    "openapi_tags": [
        {"name": "delegations", "description": "Visits to and from the province."},
        {"name": "events", "description": "Fairs, festivals, forums and the like."},
        {"name": "partners", "description": "Those abroad whom the province works with."},
        {"name": "documents", "description": "Why the province acts: plans, decisions, letters."},
        {"name": "projects", "description": "What brings money or works, at home and abroad."},
        {"name": "transactions", "description": "Money of projects, by type and currency."},
        {"name": "indicators", "description": "What is counted, in which unit and coverage."},
        {"name": "observations", "description": "Figures of indicators, by source and vintage."},
        {"name": "trade", "description": "Exports and imports, by product, market and period."},
        {"name": "plans", "description": "Plans and programmes, and what they set out to do."},
        {"name": "tasks", "description": "What plans ask for, by when, and how far it is."},
        {"name": "assignments", "description": "Which agency leads a task, and which help."},
        {"name": "progress-reports", "description": "How far agencies are with their tasks."},
        {"name": "evidence", "description": "What shows that a task was worked on."},
        {"name": "agreements", "description": "What was agreed with partners, and until when."},
        {"name": "partner-relations", "description": "Relations with partners, and since when."},
        {"name": "sites", "description": "Gates, zones, airports and parks, and where they lie."},
        {"name": "notices", "description": "What businesses are told of markets and rules."},
        {"name": "notice-acknowledgements", "description": "Who confirmed a notice, and when."},
        {"name": "reports", "description": "Periodic reports: computed now, frozen, published."},
        {"name": "agencies", "description": "Our side: committees, departments, localities."},
        {"name": "sources", "description": "Where facts come from."},
        {
            "name": "calendar-days",
            "description": "Which days are worked: holidays, days off, Saturdays worked for them.",
        },
        {
            "name": "compliance-rules",
            "description": "What delegations are held to, as data: warnings, never refusals.",
        },
        {"name": "calendar", "description": "Events and delegations for calendar programs."},
        {"name": "search", "description": "Words in the records of all resources."},
        {"name": "data-quality", "description": "What is doubtful, in all resources."},
        {"name": "changes", "description": "The feed of all changes."},
        {"name": "code-lists", "description": "Codes and their labels."},
        {"name": "contents", "description": "What there is."},
        {"name": "health", "description": "Whether the service works."},
    ],
}
