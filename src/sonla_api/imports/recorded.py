"""What lines make records of, where they say more than whoever makes one by hand."""

from sonla_api.agreements.lifecycle import AgreementState
from sonla_api.agreements.schemas import AgreementCreate
from sonla_api.projects.lifecycle import ProjectState
from sonla_api.projects.schemas import ProjectCreate


class RecordedAgreement(AgreementCreate):
    """An agreement as a line tells of it, with its state."""

    state: AgreementState


class RecordedProject(ProjectCreate):
    """A project as a line tells of it, with its state."""

    state: ProjectState
