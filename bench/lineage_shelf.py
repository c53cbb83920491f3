"""What questions cost that are answered from the records of all nights.

``python -m bench.lineage_shelf`` fills a bucket with one month's and with ten years' nights, and
asks each question in a process of its own: how long it takes, how much of that on the processor,
how many objects it reads, and how much memory. It fails if one would not fit into its function.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from moto.s3.models import s3_backends

from bench.child import endpoint_of
from bench.lineage_account import ASKED, BUCKET, lineage_of, recorded
from bench.lineage_query import Calls
from embedded_aws.instance import serve
from embedded_aws.settings import DEFAULT_ACCOUNT_ID, Settings
from embedded_aws.testing import make_client
from lineage import names
from lineage.clients import Clients
from lineage.query import LineageQuery
from tests.lineage import builders

MONTH, TEN_YEARS = 30, 3_650
MOST_PROCESSOR_SECONDS, MOST_MEGABYTES = 300, 1_769
LAST = date.fromisoformat(ASKED.document["DataDate"])
FIRST = ASKED.document["Dataset"]["FirstPartition"]
NOW = datetime.combine(LAST + timedelta(days=7), time.min, UTC)
RUN_ID = ASKED.document["RunId"]
QUESTIONS: dict[str, dict[str, Any]] = {
    "impact of an early data date": {"impact": str(LAST - timedelta(days=TEN_YEARS - 1))},
    "impact of a job": {"impact": builders.job_name(ASKED.document, "train")},
    "impact of a model": {
        "impact": builders.the_jobs(ASKED.document).train["ModelArtifacts"]["S3ModelArtifacts"]
    },
    "impact of an image, which all used": {"impact": builders.IMAGE_URI},
    "asof": {"asof": f"{LAST + timedelta(days=1)}T12:00:00Z"},
    "budget": {"budget": None},
    "audit": {"audit": None},
}


def fill(instance_s3: Any, nights: int) -> None:  # noqa: ANN401  # boto3 clients have no static type
    """Lay earlier nights beside the recorded one, all of them pruned from SageMaker's graph."""
    pages = instance_s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="lineage/")
    keys = [each["Key"] for page in pages for each in page["Contents"]]
    texts = {key: _text(instance_s3, key) for key in keys if not key.endswith(".receipt.json")}
    objects = ASKED.document["Dataset"]["ObjectsUri"].removeprefix(f"s3://{BUCKET}/")
    texts[objects] = _text(instance_s3, objects)
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for number in range(1, nights):
        renamed = _renamed(number)
        run_id = renamed(RUN_ID)
        for key, text in texts.items():
            written = backend.put_object(BUCKET, renamed(key), renamed(text).encode())
            # In its own night: what was written last is looked at for what is still going on.
            written.last_modified = NOW - timedelta(days=number)
        folder = names.night_record_uri(BUCKET, str(LAST - timedelta(days=number)), run_id)
        pruned = names.note_uri(folder, names.PRUNED).removeprefix(f"s3://{BUCKET}/")
        backend.put_object(BUCKET, pruned, b"{}")


def _text(s3: Any, key: str) -> str:  # noqa: ANN401
    text: str = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
    return text


def _renamed(number: int) -> Any:  # noqa: ANN401  # a function of a text
    """Tells another night's text from the asked one's."""
    document = ASKED.document
    day, next_day = LAST - timedelta(days=number), LAST - timedelta(days=number - 1)
    run = document["RunId"].rpartition("-")[2]
    group = document["ModelPackageGroup"]
    other = {
        document["Dataset"]["Digest"]: f"{number:064x}",
        f"{LAST:%Y%m%d}": f"{day:%Y%m%d}",
        f"{LAST + timedelta(days=1):%Y%m%d}": f"{next_day:%Y%m%d}",
        FIRST: str(date.fromisoformat(FIRST) - timedelta(days=number)),
        str(LAST): str(day),
        str(LAST + timedelta(days=1)): str(next_day),
        run: f"{number:08x}",
        f"{group}/{ASKED.version}": f"{group}/{ASKED.version + number}",
    }
    marks = re.compile("|".join(map(re.escape, other)))
    return lambda text: marks.sub(lambda found: other[found[0]], text)


def serve_nights(nights: int) -> None:
    """Print the endpoint when the bucket is full; serve until standard input ends."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve(Settings(Path(scratch), start_at=NOW)) as instance,
    ):
        recorded(instance, lineage_of(instance))
        fill(make_client(instance.url, "s3"), nights)
        print(instance.url, flush=True)
        sys.stdin.read()


def answer(url: str, question: str) -> None:
    """Answer one question; print what that took."""
    s3, sagemaker = make_client(url, "s3"), make_client(url, "sagemaker")
    calls = Calls()
    calls.count_those_of(s3)
    calls.count_those_of(sagemaker)
    query = LineageQuery(Clients(sagemaker, s3), ASKED.document["ModelPackageGroup"], bucket=BUCKET)
    ((operation, subject),) = QUESTIONS[question].items()
    begun, begun_processor = perf_counter(), process_time()
    arguments = () if subject is None else (subject,)
    found = getattr(query, operation)(*arguments)
    taken = {
        "seconds": perf_counter() - begun,
        "processor": process_time() - begun_processor,
        "reads": calls.made["GetObject"],
        "lists": calls.made["ListObjectsV2"],
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "kilobytes": len(json.dumps(found)) / 1024,
    }
    print(json.dumps(taken))


def measured(url: str, question: str) -> dict[str, float]:
    """What a question took, asked in a process that did nothing before."""
    command = [sys.executable, "-m", "bench.lineage_shelf", "--url", url, "--ask", question]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    taken: dict[str, float] = json.loads(told)
    return taken


def main() -> int:
    """Print the table; exit with 1 if a question does not fit into its function."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, nargs="+", default=[MONTH, TEN_YEARS])
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve_nights(arguments.serve)
        return 0
    if arguments.ask:
        answer(arguments.url, arguments.ask)
        return 0
    heads = ("s", "of it CPU", "reads", "lists", "MB", "answer KB")
    print(f"{'nights':>6}  {'question':36}" + "".join(f"{head:>10}" for head in heads))
    fits = True
    for nights in arguments.nights:
        with endpoint_of("bench.lineage_shelf", "--serve", str(nights)) as url:
            for question in QUESTIONS:
                taken = measured(url, question)
                fits &= taken["processor"] < MOST_PROCESSOR_SECONDS
                fits &= taken["megabytes"] < MOST_MEGABYTES
                cells = "".join(f"{figure:10.1f}" for figure in taken.values())
                print(f"{nights:>6}  {question:36}{cells}", flush=True)
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
