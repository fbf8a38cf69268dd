from uuid import UUID

from sonla_api.kit.schema import Body


class MergeCreate(Body):
    """Into which partner this one is merged."""

    into_id: UUID
