"""Actions and contexts, whose operations are alike: their name is their identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext
from embedded_aws.sagemaker.lineage.entities import Kind
from embedded_aws.sagemaker.lineage.store import Store


class NamedEntities:
    """CreateAction or CreateContext, and the siblings of either."""

    def __init__(self, kind: Kind, store: Store) -> None:
        self._kind = kind
        self._store = store

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            f"Create{self._kind}": self._create,
            f"Describe{self._kind}": self._describe,
            f"Update{self._kind}": self._update,
            f"Delete{self._kind}": self._delete,
            f"List{self._kind}s": self._list,
        }

    def _create(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._store.create(self._kind, self._arn_of(parameters), parameters)

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._store.describe(self._arn_of(parameters))

    def _update(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._store.update(self._arn_of(parameters), parameters)

    def _delete(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        arn = self._arn_of(parameters)
        self._store.delete(arn)
        return {f"{self._kind}Arn": arn}

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._store.list(self._kind, parameters)

    def _arn_of(self, parameters: Parameters) -> str:
        return self._store.arns.named_or_arn(self._kind, parameters[f"{self._kind}Name"])
