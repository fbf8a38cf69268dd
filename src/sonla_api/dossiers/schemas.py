from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sonla_api.kit.period import Period
from sonla_api.kit.schema import Body, View
from sonla_api.kit.text import LocalizedText

_TITLE: dict[str, Any] = {
    "vi": "Đoàn công tác của tỉnh tại Hủa Phăn",
    "en": "Working visit of the province to Houaphanh",
    "lo": None,
}


class MergeCreate(Body):
    """Into which partner this one is merged."""

    into_id: UUID


class DeedView(View):
    """Something done with a partner, and when."""

    resource: Annotated[str, Field(examples=["delegations"])]
    kind: Annotated[
        str | None,
        Field(
            description="The direction of a delegation, the kind of an agreement, event, relation "
            "or project, the type of a transaction, the topic of a notice, the means of its "
            "acknowledgement.",
            examples=["outbound"],
        ),
    ]
    id: UUID
    href: Annotated[
        str, Field(examples=["/api/v1/delegations/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"])
    ]
    title: Annotated[
        LocalizedText | str | None,
        Field(
            description="What it is called: a relation as its partner, a transaction as its "
            "project, an acknowledgement as its notice; null where that is hidden from the caller.",
            examples=[_TITLE],
        ),
    ]
    when: Annotated[Period | None, Field(examples=["2026-12-01/2026-12-03"])]
