"""How container paths become paths on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embedded_aws.sagemaker.jobs.sandbox import Sandbox, is_within

SANDBOX = Sandbox(Path("/box"))


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("/opt/ml/processing/input", "/box/opt/ml/processing/input"),
        ("/opt/ml", "/box/opt/ml"),
        ("--output=/opt/ml/output", "--output=/box/opt/ml/output"),
        ("/opt/ml/a:/opt/ml/b", "/box/opt/ml/a:/box/opt/ml/b"),
        ('{"path": "/opt/ml/model"}', '{"path": "/box/opt/ml/model"}'),
    ],
)
def test_every_mention_of_the_contracts_root_is_rewritten(text: str, rewritten: str) -> None:
    assert SANDBOX.rewrite(text) == rewritten


@pytest.mark.parametrize(
    "text", ["/opt/mlflow", "/opt/ml-tools/x", "/srv/opt/ml/x", "s3://bucket/opt/ml/x", "plain"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert SANDBOX.rewrite(text) == text


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ('File "/box/opt/ml/code/x.py", line 1', 'File "/opt/ml/code/x.py", line 1'),
        ("/box", "/"),
        ("in /box/tmp and /box.", "in /tmp and /box."),
        ("/boxes/opt/ml", "/boxes/opt/ml"),
    ],
)
def test_what_the_program_says_of_its_paths_is_restored(text: str, restored: str) -> None:
    assert SANDBOX.restore(text) == restored


def test_a_container_path_lies_beneath_the_root() -> None:
    assert SANDBOX.path("/opt/ml/model/") == Path("/box/opt/ml/model")


@pytest.mark.parametrize("path", ["/opt/ml/../../etc/passwd", "/etc", "opt/ml", "/opt/mlflow"])
def test_a_path_outside_the_contract_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="does not lie under /opt/ml"):
        SANDBOX.path(path)


def test_a_folder_holds_itself_and_what_lies_beneath() -> None:
    assert is_within("/opt/ml/processing/", "/opt/ml/processing")
    assert is_within("/opt/ml/processing/a", "/opt/ml/processing")
    assert not is_within("/opt/ml/processing2", "/opt/ml/processing")


def test_configuration_files_speak_of_paths_that_the_program_can_open(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.write_json("/opt/ml/config/x.json", {"LocalPath": "/opt/ml/processing"})
    written = json.loads((tmp_path / "opt/ml/config/x.json").read_text())
    assert written == {"LocalPath": f"{tmp_path}/opt/ml/processing"}
