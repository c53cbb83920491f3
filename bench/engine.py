"""How fast the embedded AWS is beside stock moto, measured in the same run.

``python -m bench.engine`` prints minimum, median and maximum of several runs, and how many times
better our median is. It fails if what is promised does not hold; see README.md.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.engine_machines import DECIDING, calling
from bench.engine_nights import AT_ONCE, batches
from bench.engine_nights import figures as nights_figures
from bench.engine_peers import PEERS, Peer, Server

CONCURRENT = 20
MOST_START_UP_SECONDS = 3.0
MOST_OVERHEAD_SECONDS = 0.2
_NIGHTS = {1: "nights", **{it: f"nights, {it} at once" for it in AT_ONCE if it > 1}}


@dataclass(frozen=True)
class Row:
    """One thing measured: figures of each peer, by its name; none where it cannot do it."""

    name: str
    unit: str
    figures: dict[str, list[float]]


def start_up(peer: Peer) -> float:
    """Seconds from the start of the process to its first answer."""
    begun = time.perf_counter()
    with peer.serve():
        return time.perf_counter() - begun


def deciding(server: Server) -> float:
    """Milliseconds of thirteen states that only pass on and choose."""
    return 1000 * server.run(DECIDING).seconds


def calling_overhead(server: Server) -> float:
    """Milliseconds of thirteen states with five calls of a function, without its own time."""
    outcome = server.run(calling(server.function_arn))
    return 1000 * (outcome.seconds - sum(json.loads(outcome.output)["own"]))


def throughput(server: Server, executions: int) -> float:
    """Executions a second, of as many as run at once."""
    with ThreadPoolExecutor(CONCURRENT) as pool:
        begun = time.perf_counter()
        for outcome in [pool.submit(server.run, DECIDING) for _ in range(executions)]:
            outcome.result()
    return executions / (time.perf_counter() - begun)


def memory(server: Server, executions: int) -> float:
    """Megabytes that a thousand executions leave behind, from fewer."""
    before = server.resident_megabytes()
    throughput(server, executions)
    return (server.resident_megabytes() - before) * 1000 / executions


def repeated(measure: Callable[[], float], runs: int) -> list[float]:
    """The figures of several runs."""
    return [measure() for _ in range(runs)]


def measured(runs: int, executions: int) -> list[Row]:
    """Every row, peer by peer."""
    figures: dict[str, dict[str, list[float]]] = {name: {} for name in UNITS}
    for peer in PEERS:
        figures["start-up"][peer.name] = repeated(lambda peer=peer: start_up(peer), runs)
        with peer.prepared() as server:
            deciding(server)
            figures["13 states, no task"][peer.name] = repeated(lambda s=server: deciding(s), runs)
            figures["20 at once"][peer.name] = repeated(
                lambda s=server: throughput(s, executions), runs
            )
            figures["memory of 1,000"][peer.name] = repeated(
                lambda s=server: memory(s, executions), runs
            )
            if server.function_arn:
                calling_overhead(server)
                figures["13 states, 5 Lambdas"][peer.name] = repeated(
                    lambda s=server: calling_overhead(s), runs
                )
    nights = batches(AT_ONCE, runs)
    for at_once in AT_ONCE:
        figures[_NIGHTS[at_once]][PEERS[0].name] = nights_figures(nights, at_once)
    return [Row(name, UNITS[name], by_peer) for name, by_peer in figures.items()]


UNITS = {
    "start-up": "s",
    "13 states, no task": "ms",
    "13 states, 5 Lambdas": "ms",
    "20 at once": "/s",
    "memory of 1,000": "MB",
    **dict.fromkeys(_NIGHTS.values(), "/s"),
}


def shown(row: Row) -> str:
    """A line a peer, and their ratio."""
    ours, stock = (row.figures.get(peer.name, []) for peer in PEERS)
    cells = [_cell(ours), _cell(stock)]
    ratio = _times_better(row, ours, stock) if ours and stock else None
    shown_ratio = f"{ratio:8.2f}" if ratio is not None else f"{'':>8}"
    return f"{row.name:22}{row.unit:>4}{cells[0]}{cells[1]}{shown_ratio}"


def _times_better(row: Row, ours: Sequence[float], stock: Sequence[float]) -> float:
    ratio = statistics.median(stock) / statistics.median(ours)
    return 1 / ratio if row.unit == "/s" else ratio


def _cell(figures: Sequence[float]) -> str:
    if not figures:
        return f"{'cannot':>30}"
    found = min(figures), statistics.median(figures), max(figures)
    return "".join(f"{it:10.2f}" for it in found)


def broken_promises(rows: Sequence[Row]) -> list[str]:
    """What does not hold of what the project promises of itself."""
    medians = {row.name: statistics.median(row.figures[PEERS[0].name]) for row in rows}
    limits = {
        "start-up": MOST_START_UP_SECONDS,
        "13 states, 5 Lambdas": 1000 * MOST_OVERHEAD_SECONDS,
    }
    return [
        f"{name}: {medians[name]:.2f} is not below {most:.2f}"
        for name, most in limits.items()
        if medians[name] >= most
    ]


def main() -> int:
    """Print the table; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--executions", type=int, default=100)
    arguments = parser.parse_args()
    rows = measured(arguments.runs, arguments.executions)
    heads = "".join(f"{it:>10}" for it in ("min", "median", "max") * 2)
    print(f"{'':26}{PEERS[0].name:>30}{PEERS[1].name:>30}{'better':>8}\n{'':26}{heads}")
    for row in rows:
        print(shown(row))
    broken = broken_promises(rows)
    for line in broken:
        print(line, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
