"""A plan as text."""

from __future__ import annotations

from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import counted

_OPERATION_WIDTH = 15


def as_text(plan: Document) -> str:
    """A document by schema/plan.json as text: one call a line, in order."""
    title = f"night of {plan['DataDate']}, run {plan['RunId']}"
    numbered = [f"{number:>3}  {_call(call)}" for number, call in enumerate(plan["Calls"], 1)]
    found = [f"  {it}" for it in plan["Findings"]]
    return "\n".join([title, "─" * len(title), _verdict(plan), *found, *numbered, ""])


def _verdict(plan: Document) -> str:
    if plan["Findings"]:
        return "Do not record it again: its records are not those that were noted."
    count = len(plan["Calls"])
    if not count:
        return "SageMaker's graph has all that is on record: recording it again adds nothing."
    calls = counted(count, "call")
    if plan["Pruned"]:
        return f"Retention has pruned it. Recording it again would bring it back by {calls}:"
    return f"Recording it again would make {calls}, and repair SageMaker's graph:"


def _call(call: dict[str, Any]) -> str:
    operation = f"{call['Operation']:<{_OPERATION_WIDTH}}"
    if call["Operation"] == "AddAssociation":
        return f"{operation} {call['Source']} → {call['Destination']} ({call['Type']})"
    if call["Operation"].startswith("Create"):
        return f"{operation} {call['Type']} {call['Name']} of {call['SourceUri']}"
    told = [f"{key} = {value}" for key, value in call["Properties"].items()]
    told += [f"status {call['Status']}"] if "Status" in call else []
    return f"{operation} {call['Name']}: {'; '.join(told)}"
