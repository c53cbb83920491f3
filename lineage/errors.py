"""The ways lineage fails; Step Functions matches on these class names, so they are API."""

from __future__ import annotations


class LineageError(Exception):
    """Base of every lineage failure; its message says what to do next."""


class InvalidDocument(LineageError):
    """A document does not match its JSON Schema."""


class JobNotCompleted(LineageError):
    """A job that is to be recorded did not complete."""


class PackageFailed(LineageError):
    """A model package that is to be recorded was not registered after all."""


class InputChanged(LineageError):
    """A source object was overwritten or deleted while the night was running."""


class FactsDisagree(LineageError):
    """Two facts about one night contradict each other."""


class EntityConflict(LineageError):
    """One lineage entity is described in two ways that cannot both be true."""


class RecordConflict(LineageError):
    """A stage's record exists already and says something else."""


class RecordChanged(LineageError):
    """A record is not the one whose digest was noted when it was written."""


class RecordTooNew(LineageError):
    """A record was written by a later version of the project than reads it."""


class RecordMissing(LineageError):
    """A record that the next step builds on is not in the bucket."""


class LineageNotReady(LineageError):
    """The index does not show everything yet; a retry may find it whole."""


class LineageUnavailable(LineageError):
    """AWS throttled or failed a call, or was silent, for longer than its client is patient."""


class LineageIncomplete(LineageError):
    """The lineage lacks something that no retry will bring, or that none of them has brought."""


class LineageQuotaExceeded(LineageError):
    """SageMaker's account quota for lineage entities is used up."""


class ForeignArn(LineageError):
    """A query's ARN is of another account, region or stack than it asks."""


class InvalidPackage(LineageError):
    """A query names a model package in a way that none is named."""


class InvalidSubject(LineageError):
    """A query asks about something that has the shape of nothing that a night uses."""


class UnknownPackage(LineageError):
    """A query names a model package that SageMaker does not know."""


class InvalidExecution(LineageError):
    """A query names an execution in a way that cannot exist, or that means several."""


class UnknownExecution(LineageError):
    """A query names an execution that made no night on record."""


class InvalidTime(LineageError):
    """A query names a time that is no instant, or that is yet to come."""


class UnknownEndpoint(LineageError):
    """A query names an endpoint that is not the stack's, and to which nothing was ever deployed."""


class BeforeFirstDeployment(LineageError):
    """A query asks what served before anything did."""


class PackageNotRecorded(LineageError):
    """A model package exists, but neither the index nor a record explains it."""
