"""What served at an instant, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import signed
from lineage.rollouts.wording import provisional

_LABEL_WIDTH = 12


def as_text(asof: Document) -> str:
    """A document by schema/asof.json as text: a paragraph an endpoint."""
    title = f"at {asof['Time']}"
    lines = [title, "─" * len(title)]
    for number, endpoint in enumerate(asof["Endpoints"]):
        lines += ["", *_endpoint(endpoint)] if number else _endpoint(endpoint)
    for endpoint in asof.get("NotYetServing", ()):
        lines += ["", f"{endpoint['EndpointName']} had served nothing yet", *_open_end(endpoint)]
    return "\n".join([*lines, ""])


def _endpoint(endpoint: dict[str, Any]) -> Iterator[str]:
    yield f"{endpoint['EndpointName']} served {_what(endpoint)}"
    yield _line("since", endpoint["Since"])
    yield _line("until", endpoint.get("Until", "now"))
    if endpoint["PackageArn"]:
        yield _line("package", endpoint["PackageArn"])
        yield _line("deployment", f"{endpoint['Deployment']} ({_why(endpoint)})")
        yield _line("approved", _approval(endpoint))
        if "Rollback" in endpoint:
            yield _line("rolled back", signed(endpoint["Rollback"]))
        if "Rejection" in endpoint:
            yield _line("rejected", signed(endpoint["Rejection"]))
        yield _line("record", endpoint["RecordUri"])
    yield from _open_end(endpoint)


def _open_end(endpoint: dict[str, Any]) -> Iterator[str]:
    if "Provisional" in endpoint:
        yield _line("provisional", provisional(endpoint["Provisional"]))


def _what(endpoint: dict[str, Any]) -> str:
    if endpoint["PackageArn"]:
        return f"version {endpoint['Version']} of {endpoint['ModelPackageGroup']}"
    if endpoint["EndpointConfigName"]:
        return f"{endpoint['EndpointConfigName']}, which no rollout brought there"
    if endpoint["Cause"] == "Found":
        return f"nothing: it is gone, deleted by no rollout; {endpoint['CausedBy']} served there"
    return f"nothing: {endpoint['CausedBy']} failed and left it removed"


def _why(endpoint: dict[str, Any]) -> str:
    trigger = str(endpoint["Trigger"]).lower()
    if endpoint["Cause"] == "Restored":
        return f"{trigger}; restored after {endpoint['CausedBy']}"
    if endpoint["Cause"] == "Found":
        return f"{trigger}; it had ended otherwise, and the endpoint was found to serve it"
    return trigger


def _approval(endpoint: dict[str, Any]) -> str:
    if "Approval" in endpoint:
        return signed(endpoint["Approval"])
    if "Rollback" in endpoint:
        return "by somebody whom no record tells"
    return "by nobody, which this endpoint does not need"


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL_WIDTH}}{text}"
