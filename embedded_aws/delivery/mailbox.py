"""Mail of SNS topics, kept for whoever would have received it: none is sent anywhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from embedded_aws.clock import Clock

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

PATH = "/_embedded/mail"
# SNS, Publish: what a message without a subject is sent with.
_NO_SUBJECT = "AWS Notification Message"
_MOST_KEPT = 1_000


class Mailbox:
    """The last thousand mails, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[Mapping[str, Any]] = deque(maxlen=_MOST_KEPT)

    def put(self, to: str, subject: str | None, text: str) -> None:
        """Keep a mail."""
        self._kept.append(
            {
                "to": to,
                "at": self._clock.now().isoformat(),
                "subject": subject or _NO_SUBJECT,
                "lines": text.splitlines(),
            }
        )

    def routes(self) -> Mapping[tuple[str, str], Callable[[Request], Mapping[str, Any]]]:
        """``GET /_embedded/mail`` of the control plane."""
        return {("GET", PATH): lambda _: {"mail": list(self._kept)}}
