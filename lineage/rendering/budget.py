"""A budget as text."""

from __future__ import annotations

from lineage.facts import Document
from lineage.rendering.wording import counted


def as_text(budget: Document) -> str:
    """A document by schema/budget.json as text: one line a quota."""
    nights = counted(budget["Nights"], "night uses", "nights use")
    title = f"{nights} {budget['PercentUsed']} % of the fullest lineage quota"
    lines = [
        f"{kind:<14}{quota['Used']:>6,} of {quota['Limit']:>6,}   {quota['PerNight']:>5.2f} a night"
        for kind, quota in budget["Quotas"].items()
    ]
    left = budget.get("NightsLeft")
    room = [] if left is None else [f"Room for {counted(left, 'more night')} if nothing is pruned."]
    unread = [f"Not counted, for it cannot be read: {it}" for it in budget.get("Unreadable", ())]
    others = "What others use in this account and region is not known here."
    return "\n".join([title, "─" * len(title), *lines, *room, *unread, others, ""])
