"""Deploys a template whose code lies beside it, as ``sam deploy`` does, in process and in a second.

Nothing is built: code is deployed as it lies in its folder.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from embedded_aws.cloudformation.template import parse

BUCKET = "embedded-aws-packages"
_LOCAL: Mapping[str, tuple[str, ...]] = {
    "AWS::Serverless::Function": ("CodeUri",),
    "AWS::Serverless::LayerVersion": ("ContentUri",),
    "AWS::Serverless::StateMachine": ("DefinitionUri",),
}
_POLL_SECONDS = 1
_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class StackFailed(RuntimeError):
    """A stack did not come to be; the message has the reasons of its events."""


def deploy(
    cloudformation: Any,  # noqa: ANN401  # boto3 clients have no static type
    s3: Any,  # noqa: ANN401
    stack: str,
    template: Path,
    parameters: Mapping[str, str],
) -> dict[str, str]:
    """Create a stack from a template file; its outputs.

    Raises:
        StackFailed: it was not created.
    """
    _make_bucket(s3)
    packaged = json.dumps(_packaged(s3, template), default=str)
    cloudformation.create_stack(
        StackName=stack,
        TemplateURL=f"{s3.meta.endpoint_url}/{BUCKET}/{_store(s3, packaged.encode())}",
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
        Capabilities=_CAPABILITIES,
    )
    with suppress(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=stack, WaiterConfig={"Delay": _POLL_SECONDS}
        )
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    if described["StackStatus"] != "CREATE_COMPLETE":
        raise StackFailed(
            f"{stack} is {described['StackStatus']}: {_reasons(cloudformation, stack)}"
        )
    return {it["OutputKey"]: it["OutputValue"] for it in described.get("Outputs", ())}


def _make_bucket(s3: Any) -> None:  # noqa: ANN401
    if BUCKET in {it["Name"] for it in s3.list_buckets()["Buckets"]}:
        return
    region = s3.meta.region_name
    # CreateBucket: the one region that may not be named.
    place = {} if region == "us-east-1" else {"LocationConstraint": region}
    s3.create_bucket(Bucket=BUCKET, **({"CreateBucketConfiguration": place} if place else {}))


def _packaged(s3: Any, template: Path) -> dict[str, Any]:  # noqa: ANN401
    document = dict(parse(template.read_text()))
    for resource in document.get("Resources", {}).values():
        properties = resource.get("Properties", {})
        for name in _LOCAL.get(resource["Type"], ()):
            if isinstance(properties.get(name), str) and not properties[name].startswith("s3://"):
                body = _read(template.parent / properties[name])
                properties[name] = f"s3://{BUCKET}/{_store(s3, body)}"
    return document


def _read(path: Path) -> bytes:
    if path.is_file():
        return path.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(path.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                # Without its time, for equal code has one key.
                archive.writestr(zipfile.ZipInfo(str(file.relative_to(path))), file.read_bytes())
    return packed.getvalue()


def _store(s3: Any, body: bytes) -> str:  # noqa: ANN401
    key = hashlib.sha256(body).hexdigest()
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return key


def _reasons(cloudformation: Any, stack: str) -> str:  # noqa: ANN401
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = (it["ResourceStatusReason"] for it in events if "ResourceStatusReason" in it)
    return "; ".join(reasons)
