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
    """Statuses of an action, in the order in which they replace each other.

    A redrive may complete what failed; what is completed never fails.
    """

    UNKNOWN = "Unknown"
    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    FAILED = "Failed"
    COMPLETED = "Completed"

    @property
    def rank(self) -> int:
        """The position in that order: a status never moves to a lower one."""
        return list(Status).index(self)


class Stage(StrEnum):
    """The steps after which lineage is recorded, in order: a night's, then those of rollouts."""

    FEATURISE = "Featurise"
    TRAINING = "Training"
    EVALUATION = "Evaluation"
    REGISTRATION = "Registration"
    DEPLOYMENT = "Deployment"
    DEPLOYMENT_OUTCOME = "DeploymentOutcome"

    @property
    def position(self) -> int:
        """The place in that order, from 0."""
        return list(Stage).index(self)

    @property
    def previous(self) -> Stage | None:
        """The stage whose record this one extends."""
        return list(Stage)[self.position - 1] if self.position else None

    @property
    def is_of_rollout(self) -> bool:
        """Whether it is there once for each rollout of a night's package, not once a night."""
        return self in (Stage.DEPLOYMENT, Stage.DEPLOYMENT_OUTCOME)


class Channel(StrEnum):
    """The data sets that featurise produces."""

    TRAIN = "train"
    VALIDATION = "validation"
    HOLDOUT = "holdout"


class Decision(StrEnum):
    """What the gate decided."""

    PASSED = "Passed"
    REJECTED = "Rejected"


class Trigger(StrEnum):
    """What started a rollout."""

    NIGHT = "Night"
    APPROVAL = "Approval"
    ROLLBACK = "Rollback"


class Outcome(StrEnum):
    """How a rollout ended."""

    COMPLETED = "Completed"
    ROLLED_BACK = "RolledBack"
    FAILED = "Failed"

    @property
    def status(self) -> Status:
        """The status of the deployment's action."""
        return Status.COMPLETED if self is Outcome.COMPLETED else Status.FAILED


class Cause(StrEnum):
    """Why an endpoint serves what it serves."""

    SWITCHED = "Switched"
    RESTORED = "Restored"
    REMOVED = "Removed"
    FOUND = "Found"
