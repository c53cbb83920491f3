"""Policy documents in few words."""

from __future__ import annotations

import json
from typing import Any

Statement = dict[str, Any]


def allow(*actions: str, resource: Any = "*", **elements: Any) -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **elements}


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trusting(principal: Any, **elements: Any) -> str:
    return document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **elements}
    )
