from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded_aws.instance import serve
from embedded_aws.settings import Settings


def test_a_closed_instance_leaves_no_process_behind(
    tmp_path: Path, zipped: Callable[[dict[str, str]], bytes]
) -> None:
    with serve(Settings(scratch=tmp_path)) as instance:
        clients = instance.environment.clients
        trust = (
            '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
            ' "Principal": {"Service": "lambda.amazonaws.com"}}]}'
        )
        role = clients.as_service("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
        aws_lambda = clients.as_service("lambda")
        aws_lambda.create_function(
            FunctionName="pid",
            Runtime="python3.13",
            Role=role["Role"]["Arn"],
            Handler="app.handler",
            Code={"ZipFile": zipped({"app.py": "import os\nhandler = lambda *_: os.getpid()"})},
        )
        pid = int(aws_lambda.invoke(FunctionName="pid")["Payload"].read())
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
