"""An audit as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lineage.facts import Document
from lineage.rendering.wording import counted


def as_text(audit: Document) -> str:
    """A document by schema/audit.json as text: a count of what is well, a line for what is not."""
    packages, nights, endpoints = (audit[key] for key in ("Packages", "Nights", "Endpoints"))
    switches = sum(each["Switches"] for each in endpoints)
    bound = [f"since {audit['Since']}"] if "Since" in audit else []
    lines = [*bound, _shown("package", packages), _shown("night", nights)]
    lines += [f"{counted(switches, 'switch', 'switches')} of {_counted('endpoint', endpoints)}"]
    lines += [*_findings(packages, "PackageArn"), *_findings(nights, "RunId")]
    lines += _findings(endpoints, "EndpointName")
    return "\n".join([*lines, _verdict(audit), ""])


def _verdict(audit: Document) -> str:
    if not audit["Clean"]:
        return "NOT CLEAN"
    return "clean" if audit["Nights"] or audit["Packages"] else "nothing is on record"


def _counted(what: str, audited: list[dict[str, Any]]) -> str:
    found = sum(bool(each["Findings"]) for each in audited)
    told = f", {found:,} with findings" if found else ""
    return counted(len(audited), what) + told


def _shown(what: str, audited: list[dict[str, Any]]) -> str:
    by_index = Counter(each["Index"].lower() for each in audited)
    told = ", ".join(f"{count} {index}" for index, count in sorted(by_index.items()))
    return _counted(what, audited) + (f": in SageMaker's graph {told}" if told else "")


def _findings(audited: list[dict[str, Any]], name: str) -> Iterator[str]:
    for each in audited:
        for finding in each["Findings"]:
            yield f"{each[name]}: {finding['Finding']}"
            yield f"    {finding['Next']}"
