"""The unmodified AWS command line deploys and deletes stacks as well."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

TEMPLATE = """
Parameters: {Seconds: {Type: Number, Default: 10}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Seconds}}
Outputs: {Url: {Value: !Ref Queue}}
"""
DEPLOY = ("deploy", "--stack-name", "cli", "--template-file", "queue.yaml")


@pytest.mark.slow
def test_a_stack_lives_under_the_aws_command_line(sample_app: Any, tmp_path: Path) -> None:
    with sample_app(tmp_path, datetime(2018, 7, 18, tzinfo=UTC)) as app:
        (app.folder / "queue.yaml").write_text(TEMPLATE)
        assert "Successfully created/updated stack - cli" in app.aws("cloudformation", *DEPLOY)
        url = app.outputs("cli")["Url"]
        app.aws("cloudformation", *DEPLOY, "--parameter-overrides", "Seconds=20")
        again = app.aws("cloudformation", *DEPLOY, "--no-fail-on-empty-changeset")
        assert "No changes to deploy" in again
        shown = app.aws("cloudformation", "describe-stacks", "--stack-name", "cli")
        assert json.loads(shown)["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"
        attributes = app.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        assert attributes["Attributes"]["VisibilityTimeout"] == "20"
        app.aws("cloudformation", "delete-stack", "--stack-name", "cli")
        app.aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "cli")
        assert app.client("sqs").list_queues().get("QueueUrls", []) == []
