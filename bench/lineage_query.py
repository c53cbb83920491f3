"""Whether the time of an explanation depends on how much lineage an account holds.

``python -m bench.lineage_query`` asks two embedded AWSs in turn, one with few lineage entities and
one with many, the same question; it prints the calls that the answers took, and the ratio of their
times. It fails if what is promised does not hold; see README.md.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from bench.child import endpoint_of
from bench.lineage_account import ASKED, BUCKET
from embedded_aws.testing import make_client
from lineage.clients import Clients
from lineage.query import LineageQuery

MOST_RATIO = 1.15
_DESCRIBES = ("DescribeArtifact", "DescribeAction", "DescribeContext")


@dataclass
class Calls:
    """The API calls that a client made, by operation."""

    made: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def count_those_of(self, client: Any) -> None:  # noqa: ANN401  # boto3 clients have no static type
        """Count every request from now on, retries included."""
        client.meta.events.register("before-send", self._count)

    def _count(self, event_name: str, **_: object) -> None:
        with self._lock:
            self.made[event_name.rpartition(".")[2]] += 1

    def shown(self) -> str:
        """How many of each kind."""
        describes = sum(self.made[name] for name in _DESCRIBES)
        others = sum(self.made.values()) - self.made["QueryLineage"] - describes
        return f"{self.made['QueryLineage']} walks, {describes} describes, {others} others"


class Account:
    """One embedded AWS, and the question to ask it."""

    def __init__(self, url: str) -> None:
        self._clients = Clients(make_client(url, "sagemaker"), make_client(url, "s3"))
        self._query = LineageQuery(
            self._clients, ASKED.document["ModelPackageGroup"], bucket=BUCKET
        )

    def explain(self) -> float:
        """Seconds that an explanation from SageMaker's graph takes."""
        begun = time.perf_counter()
        answer = self._query.explain(ASKED.package_arn)
        seconds = time.perf_counter() - begun
        if answer["AnsweredFrom"] != "Index":
            raise RuntimeError("the graph is not whole, so this would measure the record")
        return seconds

    def calls(self) -> Calls:
        """What one explanation asks of SageMaker and S3."""
        calls = Calls()
        calls.count_those_of(self._clients.sagemaker)
        calls.count_those_of(self._clients.s3)
        self.explain()
        return Calls(Counter(calls.made))


@contextmanager
def account(entities: int) -> Iterator[Account]:
    """An account that holds so many lineage entities, in a process of its own."""
    with endpoint_of("bench.lineage_account", "--entities", str(entities)) as url:
        yield Account(url)


@dataclass(frozen=True)
class Comparison:
    """Seconds of explanations, asked of both accounts in turn."""

    few: Sequence[float]
    many: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """How many times longer the larger account took, quartile by quartile of all pairs."""
        pairs = zip(self.few, self.many, strict=True)
        return statistics.quantiles((many / few for few, many in pairs), n=4)


def compared(few: Account, many: Account, rounds: int) -> Comparison:
    """Ask in turn, so that whatever else the machine does befalls both."""
    for each in (few, many):
        each.explain()
    taken = [(few.explain(), many.explain()) for _ in range(rounds)]
    return Comparison([first for first, _ in taken], [second for _, second in taken])


def _row(entities: int, calls: Calls, seconds: Sequence[float]) -> str:
    low, median, high = (1000 * it for it in statistics.quantiles(seconds, n=4))
    return f"{entities:>9,}  {calls.shown():40}{low:8.1f}{median:8.1f}{high:8.1f}"


def main() -> int:
    """Print the table; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--many", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    with account(arguments.few) as few, account(arguments.many) as many:
        calls = few.calls(), many.calls()
        found = compared(few, many, arguments.rounds)
    print(f"{'entities':>9}  {'calls':40}{'25 %':>8}{'median':>8}{'75 %':>8}  ms")
    print(_row(arguments.few, calls[0], found.few))
    print(_row(arguments.many, calls[1], found.many))
    low, median, high = found.ratios
    print(
        f"ratio of {arguments.rounds} pairs: median {median:.3f}, quartiles {low:.3f} to {high:.3f}"
    )
    if calls[0].made != calls[1].made or median > MOST_RATIO:
        print("an explanation depends on the size of the account", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
