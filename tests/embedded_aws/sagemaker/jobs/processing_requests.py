"""Parts of requests for processing jobs, and programs for them to run."""

from __future__ import annotations

from typing import Any

OUT = "/opt/ml/processing/output"
WRITE_FILE = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
WAIT_FOREVER = "import signal; signal.pause()"


def source(uri: str, path: str = "/opt/ml/processing/input/source", **members: str) -> Any:
    s3_input = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": "source", "S3Input": s3_input | members}


def outputs(uri: str) -> dict[str, Any]:
    output = {"S3Uri": uri, "LocalPath": OUT, "S3UploadMode": "EndOfJob"}
    return {"Outputs": [{"OutputName": "out", "S3Output": output}]}


def listing_of(folder: str) -> str:
    """A script whose exit message lists the files that it finds beneath a folder."""
    return (
        "import pathlib, sys\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "found = sorted(str(p.relative_to(root)) for p in root.rglob('*') if p.is_file())\n"
        f"pathlib.Path(sys.argv[2]).write_text(' '.join(found))  # of {folder}\n"
    )


def files_seen(user: Any, job_input: Any) -> list[str]:
    folder = job_input["S3Input"]["LocalPath"]
    job = user.run_processing(
        listing_of(folder), inputs=[job_input], arguments=[folder, "/opt/ml/output/message"]
    )
    assert job["ProcessingJobStatus"] == "Completed"
    return job.get("ExitMessage", "").split()
