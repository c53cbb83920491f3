"""How much faster the feature kernel is than its peers, as ratios of one run.

``python -m bench.features`` prints them. Peers compute the same customer features on the same rows:
a plain Python loop with one pointer per window, which looks at each row once, and pandas'
``groupby().rolling()`` where pandas is installed.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from jobs.features import DAY_US, WINDOW_DAYS, Floats, customer_features

DAYS = 58
ROWS_PER_CUSTOMER = 115
Columns = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]


def make_columns(rows: int) -> Columns:
    """Customers, times in order and amounts of as many transactions."""
    random = np.random.default_rng(1)
    return (
        random.integers(0, rows // ROWS_PER_CUSTOMER + 1, rows),
        np.sort(random.integers(0, DAYS * DAY_US, rows)),
        random.uniform(1, 200, rows).round(2),
    )


def kernel(columns: Columns) -> Floats:
    """The project's own."""
    customer, time_us, amount = columns
    return customer_features(customer, time_us, amount, np.ones(len(amount), dtype=np.bool_))


def plain_python(columns: Columns) -> Floats:
    """Three sliding windows over each customer's list of transactions."""
    customer, time_us, amount = (column.tolist() for column in columns)
    histories: dict[int, list[int]] = {}
    for row, owner in enumerate(customer):
        histories.setdefault(owner, []).append(row)
    features = np.empty((len(amount), 2 * len(WINDOW_DAYS)), dtype=np.float32)
    for history in histories.values():
        for place, days in enumerate(WINDOW_DAYS):
            first, total = 0, 0.0
            for last, row in enumerate(history):
                total += amount[row]
                while time_us[history[first]] <= time_us[row] - days * DAY_US:
                    total -= amount[history[first]]
                    first += 1
                count = last - first + 1
                features[row, 2 * place : 2 * place + 2] = count, total / count
    return features


def pandas_rolling(columns: Columns) -> Floats:
    """As a notebook has it."""
    pandas = importlib.import_module("pandas")
    customer, time_us, amount = columns
    when = time_us.astype("datetime64[us]")
    frame = pandas.DataFrame({"customer": customer, "when": when, "amount": amount})
    rolling_features = []
    for days in WINDOW_DAYS:
        windows = frame.groupby("customer").rolling(f"{days}D", on="when")["amount"]
        rolling_features += [windows.count().to_numpy(), windows.mean().to_numpy()]
    features = np.empty((len(amount), len(rolling_features)), dtype=np.float32)
    features[np.argsort(customer, kind="stable")] = np.column_stack(rolling_features)
    return features


def seconds(peer: Callable[[Columns], Floats], columns: Columns, repeats: int) -> float:
    """The fastest of some runs."""
    durations = []
    for _ in range(repeats):
        start = time.perf_counter()
        peer(columns)
        durations.append(time.perf_counter() - start)
    return min(durations)


def main() -> None:
    """Print a row per peer; fail if a peer computes something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    columns = make_columns(parser.parse_args().rows)
    peers = [plain_python]
    if importlib.util.find_spec("pandas"):
        peers.append(pandas_rolling)
    expected = kernel(columns)
    own = seconds(kernel, columns, repeats=5)
    print(f"{'kernel':16}{own:8.3f} s{len(columns[0]) / own / 1e6:8.2f} million rows a second")
    for peer in peers:
        np.testing.assert_allclose(peer(columns), expected, rtol=1e-4)
        duration = seconds(peer, columns, repeats=2)
        print(f"{peer.__name__:16}{duration:8.3f} s{duration / own:8.1f} times the kernel's time")


if __name__ == "__main__":
    main()
