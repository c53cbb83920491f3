"""Checks what native services answer against their models, so that a slip fails at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.shapes import Problem, problems

if TYPE_CHECKING:
    from botocore.model import OperationModel

# What AWS itself answers beside its model, by operation: path and constraint of the problem.
_EXEMPT: Mapping[str, str] = {
    # Absent until the job has uploaded its model.
    "DescribeTrainingJob": r"ModelArtifacts: Member must not be null",
    # Only versions of a group are made here, and these have no name of their own.
    "DescribeModelPackage": r"ModelPackageName: Member must not be null",
    # CreateArtifact takes values of up to 4096 characters.
    "DescribeArtifact": r"Properties\..*: Member must have length less than or equal to 2500",
    # Events of the stack itself bear a StackStatus, such as REVIEW_IN_PROGRESS.
    "DescribeStackEvents": r"StackEvents\.\d+\.member\.ResourceStatus: .* enum value set: .*",
}


def output_problems(operation: OperationModel, result: Mapping[str, Any]) -> Iterator[Problem]:
    """Constraints of the operation's output shape that its result breaks.

    Where AWS's answers break them too, there is no problem.
    """
    if operation.output_shape is None:
        return
    exempt = _EXEMPT.get(operation.name)
    for problem in problems(operation.output_shape, result):
        if not (exempt and re.fullmatch(exempt, f"{problem.path}: {problem.what}")):
            yield problem
