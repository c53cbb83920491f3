"""Why an answer on an endpoint is not final, in words: for whoever renders it, and for refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def provisional(told: Mapping[str, Any]) -> str:
    """From when on what is said of an endpoint may change, and why; by schema/asof.json."""
    end = "no record tells yet how it ended"
    why = [f"{name} has started, and {end}" for name in told["Deployments"]]
    if "Found" in told:
        has = f"has {told['Found']}" if told["Found"] else "is gone"
        why.append(f"the endpoint {has}, of which no record tells yet")
    why += [told["Reason"]] if "Reason" in told else []
    return f"since {told['Since']}: {'; '.join(why)}"
