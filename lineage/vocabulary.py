"""The words of the graph: SageMaker's own, so that AWS's SDK and console read it."""

from __future__ import annotations

from enum import StrEnum


class ArtifactType(StrEnum):
    """Types of things with a URI; a model package is an artifact of type Model."""

    DATASET = "DataSet"
    MODEL = "Model"
    EVALUATION_REPORT = "EvaluationReport"


class ActionType(StrEnum):
    """Types of things that happened."""

    PROCESSING_JOB = "ProcessingJob"
    TRAINING_JOB = "TrainingJob"
    EVALUATION = "Evaluation"
    NIGHTLY_RETRAIN = "NightlyRetrain"
    MODEL_DEPLOYMENT = "ModelDeployment"


class ContextType(StrEnum):
    """Types of long-lived surroundings."""

    WORKFLOW = "Workflow"
    ENDPOINT = "Endpoint"


class AssociationType(StrEnum):
    """How a source relates to its destination."""

    CONTRIBUTED_TO = "ContributedTo"
    PRODUCED = "Produced"
    DERIVED_FROM = "DerivedFrom"
    ASSOCIATED_WITH = "AssociatedWith"


class Status(StrEnum):
    """Statuses of an action, in the order in which they replace each other."""

    UNKNOWN = "Unknown"
    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    COMPLETED = "Completed"
    STOPPED = "Stopped"
    FAILED = "Failed"

    @property
    def rank(self) -> int:
        """The position in that order: a status never moves to a lower one."""
        return list(Status).index(self)


class Stage(StrEnum):
    """The steps of a night after which lineage is recorded, in order."""

    FEATURISE = "Featurise"
    TRAINING = "Training"
    EVALUATION = "Evaluation"
    REGISTRATION = "Registration"
    DEPLOYMENT = "Deployment"

    @property
    def position(self) -> int:
        """The place in that order, from 0."""
        return list(Stage).index(self)

    @property
    def previous(self) -> Stage | None:
        """The stage whose record this one extends."""
        return list(Stage)[self.position - 1] if self.position else None


class Channel(StrEnum):
    """The data sets that featurise produces."""

    TRAIN = "train"
    VALIDATION = "validation"
    HOLDOUT = "holdout"


class Decision(StrEnum):
    """What the gate decided."""

    PASSED = "Passed"
    REJECTED = "Rejected"
