"""The ways a job fails through its arguments or its data, none of which a retry would mend."""

from __future__ import annotations


class JobFailure(Exception):
    """A failure whose class name and message become the job's ExitMessage.

    The message says what happened, to which thing, and what to do next.
    """


class InvalidArgument(JobFailure):
    """A command line argument is missing, malformed or out of its range."""


class SourceMismatch(JobFailure):
    """The files that arrived are not the objects that the manifest names."""


class UnreadablePartition(JobFailure):
    """A partition file is not readable as Parquet."""


class EmptyPartition(JobFailure):
    """A partition file holds no rows."""


class ColumnMissing(JobFailure):
    """A partition file lacks a column."""


class LabelColumnMissing(ColumnMissing):
    """A partition file lacks the label column."""


class ColumnInvalid(JobFailure):
    """A column has the wrong type, nulls, or values that no feature can be made of."""


class UnlabelledRows(ColumnInvalid):
    """The label column holds nulls or values other than 0 and 1."""


class DuplicateTransactions(JobFailure):
    """A transaction occurs twice, so that counts and amounts would be inflated."""


class RowsAfterDataDate(JobFailure):
    """Rows are newer than the data date: the model would be trained on the future."""


class SingleClassTraining(JobFailure):
    """The train or validation channel lacks frauds or lacks legitimate rows."""


class SingleClassHoldout(JobFailure):
    """The holdout has too few frauds or too few legitimate rows for an AUC and its error."""


class TooFewRows(JobFailure):
    """A channel has fewer rows than files, which would leave a training instance without data."""


class HoldoutUnreadable(JobFailure):
    """The holdout channel is missing or is not what featurise wrote."""


class ModelUnreadable(JobFailure):
    """The model artifact is missing, damaged, or not an XGBoost model."""


class FeatureMismatch(JobFailure):
    """The model was trained on another number of features than the holdout has."""


class AucNotFinite(JobFailure):
    """The model scores rows with values from which no AUC follows."""
