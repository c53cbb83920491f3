"""A plan as text."""

from __future__ import annotations

from itertools import chain
from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import counted

_OPERATION_WIDTH = 15


def as_text(plan: Document) -> str:
    """A document by schema/plan.json as text: one call a line, in order."""
    found = ([f"  {it['Finding']}", f"    {it['Next']}"] for it in plan["Findings"])
    return _page(plan, [_verdict(plan), *chain(*found), *_numbered(plan["Calls"])])


def applied_as_text(done: Document) -> str:
    """A document by schema/apply.json as text: what was added, and what does not show yet."""
    if done["Findings"] or not done["Calls"]:
        return as_text(done)
    made = f"Repaired SageMaker's graph by {counted(len(done['Calls']), 'call')}:"
    lines = [made, *_numbered(done["Calls"])]
    if done["Pruned"]:
        lines.append("Retention had pruned it: the night is back until it does so again.")
    if done["Left"]:
        lines += ["Does not show yet, so apply it again in a minute:", *_numbered(done["Left"])]
    return _page(done, lines)


def _page(document: Document, lines: list[str]) -> str:
    title = f"night of {document['DataDate']}, run {document['RunId']}"
    return "\n".join([title, "─" * len(title), *lines, ""])


def _numbered(calls: list[dict[str, Any]]) -> list[str]:
    return [f"{number:>3}  {_call(call)}" for number, call in enumerate(calls, 1)]


def _verdict(plan: Document) -> str:
    if plan["Findings"]:
        return (
            "Do not record it again: its records are not those that were noted. Look for the"
            " versions to bring back:"
        )
    count = len(plan["Calls"])
    if not count:
        return "SageMaker's graph has all that is on record: recording it again adds nothing."
    calls, way = counted(count, "call"), f"`nightly lineage apply {plan['RunId']}`"
    if plan["Pruned"]:
        return f"Retention has pruned it. {way} would bring it back by {calls}:"
    return f"{way} would repair SageMaker's graph by {calls}:"


def _call(call: dict[str, Any]) -> str:
    operation = f"{call['Operation']:<{_OPERATION_WIDTH}}"
    if call["Operation"] == "AddAssociation":
        return f"{operation} {call['Source']} → {call['Destination']} ({call['Type']})"
    if call["Operation"].startswith("Create"):
        return f"{operation} {call['Type']} {call['Name']} of {call['SourceUri']}"
    told = [f"{key} = {value}" for key, value in call["Properties"].items()]
    told += [f"status {call['Status']}"] if "Status" in call else []
    return f"{operation} {call['Name']}: {'; '.join(told)}"
