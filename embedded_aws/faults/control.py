"""The faults in the control plane: which there are, what has struck, more of them, none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from embedded_aws.control_errors import Refused
from embedded_aws.faults.fault import Firing
from embedded_aws.faults.plan import DuplicateFault, FaultPlan
from embedded_aws.faults.reading import read_faults
from embedded_aws.faults.unreadable import InvalidFaults

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

PATH = "/_embedded/faults"


class FaultControl:
    """``GET`` tells, ``POST`` of a file's text adds, ``DELETE`` removes all or ``?name=`` one."""

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan

    def routes(self) -> Mapping[tuple[str, str], Callable[[Request], Mapping[str, Any]]]:
        """What may be asked."""
        return {
            ("GET", PATH): lambda _: self._told(),
            ("POST", PATH): self._added,
            ("DELETE", PATH): self._cleared,
        }

    def _told(self) -> dict[str, Any]:
        unused = {fault.name for fault in self._plan.unused}
        return {
            "faults": [
                {"name": it.fault.name, "calls": it.calls, "fired": it.fault.name not in unused}
                for it in self._plan.armed
            ],
            "firings": [_shown(firing) for firing in self._plan.firings],
        }

    def _added(self, request: Request) -> Mapping[str, Any]:
        try:
            self._plan.add(*read_faults(request.get_data(as_text=True)))
        except InvalidFaults as invalid:
            raise Refused(str(invalid)) from invalid
        except DuplicateFault as duplicate:
            raise Refused(str(duplicate), status=409) from duplicate
        return self._told()

    def _cleared(self, request: Request) -> Mapping[str, Any]:
        name = request.args.get("name")
        if not self._plan.clear(name) and name is not None:
            raise Refused(f"there is no fault called {name!r}", status=404)
        return self._told()


def _shown(firing: Firing) -> dict[str, Any]:
    return {**asdict(firing), "at": firing.at.isoformat()}
