"""The featurise job: labelled transactions become train, validation and holdout channels."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from jobs import buckets, channels, exit_message, partitions
from jobs.errors import InvalidArgument
from jobs.features import FEATURES
from jobs.manifest import Manifest
from jobs.split import Split
from jobs.windows import NightWindows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.features import Ints
    from jobs.partitions import Transactions
    from jobs.windows import Days


@dataclass(frozen=True)
class Options:
    """The job's arguments, checked."""

    manifest: Path
    source: Path
    output: Path
    data_date: date
    windows: NightWindows
    content_type: str
    shards: int
    workers: int


def featurise(arguments: Sequence[str]) -> str:
    """Read the manifest's objects, write the channels and their summary, return a closing line."""
    options = parse(arguments)
    manifest = Manifest.read(options.manifest)
    files = manifest.files_in(options.source)
    options.output.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".columns-", dir=options.output) as scratch:
        transactions = partitions.read(files, Path(scratch), workers=options.workers)
        split = Split.of(transactions, options.windows)
        _write_channels(options, transactions, split, Path(scratch))
        summary = summarise(options, manifest, transactions, split)
    path = options.output / "summary" / "summary.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(summary, indent=2) + "\n")
    sizes = ", ".join(f"{name} {part['rows']}" for name, part in summary["channels"].items())
    return f"featurised {len(transactions)} transactions of {len(files)} files: {sizes} rows"


def parse(arguments: Sequence[str]) -> Options:
    """The arguments as Options; InvalidArgument says which one is wrong."""
    parser = exit_message.ArgumentParser(prog="jobs.featurise", allow_abbrev=False)
    for path in ("manifest", "source", "output", "message"):
        parser.add_argument(f"--{path}", type=Path, required=True)
    parser.add_argument("--data-date", type=date.fromisoformat, required=True)
    for days in ("train", "label-delay", "holdout"):
        parser.add_argument(f"--{days}-days", type=int, default=7)
    parser.add_argument("--content-type", choices=sorted(channels.SUFFIXES), default=channels.CSV)
    parser.add_argument("--shards", type=int, default=1, help="number of train files")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    for name in ("shards", "workers"):
        if getattr(given, name) < 1:
            raise InvalidArgument(f"--{name} {getattr(given, name)}: give at least 1")
    return Options(
        manifest=given.manifest,
        source=given.source,
        output=given.output,
        data_date=given.data_date,
        windows=NightWindows.ending(
            given.data_date,
            train_days=given.train_days,
            label_delay_days=given.label_delay_days,
            holdout_days=given.holdout_days,
        ),
        content_type=given.content_type,
        shards=given.shards,
        workers=given.workers,
    )


def _write_channels(
    options: Options, transactions: Transactions, split: Split, scratch: Path
) -> None:
    table = buckets.compute_features(
        transactions,
        split.wanted(transactions),
        options.windows.label_delay_days,
        scratch,
        workers=options.workers,
    )
    with ThreadPoolExecutor(options.workers) as pool:
        writings = [
            pool.submit(
                channels.write_channel,
                options.output / name,
                rows,
                table,
                transactions.tx_fraud,
                content_type=options.content_type,
                files=files,
            )
            for name, rows, files in (
                ("train", split.train, options.shards),
                ("holdout", split.holdout, 1),
                ("validation", split.validation, 1),
            )
        ]
        for writing in writings:
            writing.result()


def summarise(
    options: Options, manifest: Manifest, transactions: Transactions, split: Split
) -> dict[str, Any]:
    """What went in, what came out, and who was left out, as summary.json has it."""
    windows = options.windows

    def channel(rows: Ints, days: Days) -> dict[str, Any]:
        frauds = int(transactions.tx_fraud[rows].sum())
        return {"rows": len(rows), "frauds": frauds, **days.to_dates()}

    return {
        "dataDate": options.data_date.isoformat(),
        "sourceDigest": manifest.digest,
        "source": {"objects": len(manifest.sizes), "rows": len(transactions)},
        "labelDelayDays": windows.label_delay_days,
        "channels": {
            "train": channel(split.train, windows.train),
            "validation": channel(split.validation, windows.validation),
            "holdout": channel(split.holdout, windows.holdout),
        },
        "leftOut": {
            "customers": int(np.unique(transactions.customer_id[split.left_out]).size),
            "transactions": len(split.left_out),
        },
        "contentType": options.content_type,
        "features": list(FEATURES),
    }


if __name__ == "__main__":
    sys.exit(exit_message.run(featurise, sys.argv[1:]))
