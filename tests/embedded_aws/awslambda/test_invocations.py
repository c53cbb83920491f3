from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance

Make = Callable[..., Any]
ECHO = "def handler(event, context): return event"


@pytest.fixture(scope="module")
def echo(function: Make) -> str:
    return str(function(ECHO))


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_a_handler_gets_the_event_and_its_value_comes_back(echo: str, invoke: Make) -> None:
    event = {"text": "ümläut", "numbers": [1, 2.5, None, True]}
    assert invoke(echo, event).value == event


def test_without_a_payload_the_event_is_an_empty_object(echo: str, client: Make) -> None:
    answer = client("lambda").invoke(FunctionName=echo)
    assert json.loads(answer["Payload"].read()) == {}


def test_a_raised_exception_is_an_unhandled_error_with_type_message_and_trace(
    function: Make, invoke: Make
) -> None:
    source = "class TooBad(Exception): pass\ndef handler(event, context): raise TooBad('so sad')"
    answer = invoke(function(source))
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "TooBad"
    assert answer.value["errorMessage"] == "so sad"
    assert "in handler" in answer.value["stackTrace"][0]


def test_an_environment_is_used_again_even_after_an_exception(function: Make, invoke: Make) -> None:
    source = """
import os
def handler(event, context):
    if event.get("fail"):
        raise ValueError
    return os.getpid()
"""
    name = function(source)
    first = invoke(name).value
    invoke(name, {"fail": True})
    assert invoke(name).value == first


def test_a_module_that_does_not_import_is_an_import_module_error(
    function: Make, invoke: Make
) -> None:
    answer = invoke(function("import no_such_module"))
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Runtime.ImportModuleError"
    assert answer.value["errorMessage"] == (
        "Unable to import module 'app': No module named 'no_such_module'"
    )


def test_a_missing_handler_is_named(function: Make, invoke: Make) -> None:
    answer = invoke(function("x = 1"))
    assert answer.value["errorType"] == "Runtime.HandlerNotFound"


def test_an_exception_at_import_comes_back_as_it_was_raised(function: Make, invoke: Make) -> None:
    answer = invoke(function("raise KeyError('SETTING')"))
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "KeyError"


def test_a_process_that_exits_is_an_exit_error(function: Make, invoke: Make) -> None:
    answer = invoke(function("import os\ndef handler(event, context): os._exit(3)"))
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Runtime.ExitError"
    assert answer.value["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")


def test_a_killed_process_is_an_exit_error_that_names_the_signal(
    function: Make, invoke: Make
) -> None:
    source = "import os\ndef handler(event, context): os.kill(os.getpid(), 9)"
    assert invoke(function(source)).value["errorMessage"].endswith("signal: killed")


def test_after_a_crash_the_next_event_gets_a_new_environment(function: Make, invoke: Make) -> None:
    source = """
import os
def handler(event, context):
    if event.get("crash"):
        os._exit(1)
    return os.getpid()
"""
    name = function(source)
    first = invoke(name).value
    invoke(name, {"crash": True})
    assert invoke(name).value != first


def test_a_function_that_takes_too_long_is_killed(function: Make, invoke: Make) -> None:
    source = "import time\ndef handler(event, context): time.sleep(60)"
    answer = invoke(function(source, Timeout=1))
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Sandbox.Timedout"
    assert answer.value["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")


def test_the_context_tells_what_runs_and_how_long_it_may(function: Make, invoke: Make) -> None:
    source = """
def handler(event, context):
    return {
        "name": context.function_name,
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "group": context.log_group_name,
        "left": context.get_remaining_time_in_millis(),
    }
"""
    name = function(source, MemorySize=256, Timeout=20)
    found = invoke(name).value
    assert 10_000 < found.pop("left") <= 20_000
    assert found == {
        "name": name,
        "version": "$LATEST",
        "arn": f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
        "memory": "256",
        "group": f"/aws/lambda/{name}",
    }


def test_the_client_context_reaches_the_handler(function: Make, client: Make) -> None:
    source = "def handler(event, context): return context.client_context.custom"
    sent = base64.b64encode(b'{"custom": {"a": "b"}}').decode()
    answer = client("lambda").invoke(FunctionName=function(source), ClientContext=sent)
    assert json.loads(answer["Payload"].read()) == {"a": "b"}


def test_a_dry_run_runs_nothing(echo: str, client: Make) -> None:
    answer = client("lambda").invoke(FunctionName=echo, InvocationType="DryRun")
    assert answer["StatusCode"] == 204
    assert answer["Payload"].read() == b""


def test_an_asynchronous_invocation_is_accepted_without_an_answer(echo: str, client: Make) -> None:
    answer = client("lambda").invoke(FunctionName=echo, InvocationType="Event", Payload="{}")
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""


def test_the_tail_of_the_log_comes_with_the_answer_if_asked_for(
    function: Make, client: Make
) -> None:
    source = """
import logging
def handler(event, context):
    print("printed")
    logging.getLogger().warning("logged")
"""
    answer = client("lambda").invoke(FunctionName=function(source), LogType="Tail")
    request_id = answer["ResponseMetadata"]["RequestId"]
    start, printed, logged, end, report = (
        base64.b64decode(answer["LogResult"]).decode().strip().splitlines()
    )
    assert start == f"START RequestId: {request_id} Version: $LATEST"
    assert printed == "printed"
    assert logged.startswith("[WARNING]")
    assert logged.endswith("logged")
    assert end == f"END RequestId: {request_id}"
    assert report.startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    assert "Init Duration: " in report


def test_the_log_tail_has_only_this_invocation_and_at_most_4_kilobytes(
    function: Make, client: Make
) -> None:
    name = function("def handler(event, context): print(event['text'])")
    for text in ("first", "x" * 5000):
        answer = client("lambda").invoke(
            FunctionName=name, LogType="Tail", Payload=json.dumps({"text": text})
        )
    tail = base64.b64decode(answer["LogResult"])
    assert len(tail) == 4096
    assert b"first" not in tail


def test_without_log_type_there_is_no_log(echo: str, client: Make) -> None:
    assert "LogResult" not in client("lambda").invoke(FunctionName=echo)


def test_a_payload_that_is_not_json_is_refused(echo: str, client: Make) -> None:
    with pytest.raises(ClientError, match="Could not parse request body into json") as refused:
        client("lambda").invoke(FunctionName=echo, Payload=b"{")
    assert code(refused) == "InvalidRequestContentException"


def test_a_payload_above_6_megabytes_is_refused(echo: str, client: Make) -> None:
    with pytest.raises(ClientError, match="limit 6291456 bytes") as refused:
        client("lambda").invoke(FunctionName=echo, Payload=b'"' + b"x" * 6_291_456 + b'"')
    assert code(refused) == "RequestTooLargeException"


def test_an_answer_above_6_megabytes_is_an_error(function: Make, invoke: Make) -> None:
    source = "def handler(event, context): return 'x' * 7_000_000"
    answer = invoke(function(source))
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize("qualifier", ["7", "nowhere"])
def test_a_qualifier_that_leads_nowhere_is_not_found(
    qualifier: str, echo: str, client: Make
) -> None:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{echo}:{qualifier}"
    with pytest.raises(ClientError, match=f"Function not found: {arn}") as refused:
        client("lambda").invoke(FunctionName=echo, Qualifier=qualifier)
    assert code(refused) == "ResourceNotFoundException"


def test_a_version_runs_what_was_published(function: Make, client: Make, invoke: Make) -> None:
    name = function("def handler(event, context): return 'old'", Publish=True)
    lambda_ = client("lambda")
    lambda_.update_function_configuration(FunctionName=name, Handler="app.other")
    assert invoke(name).value["errorType"] == "Runtime.HandlerNotFound"
    assert invoke(f"{name}:1").value == "old"
    assert invoke(name, Qualifier="1").version == "1"


def test_an_alias_runs_its_version(function: Make, client: Make, invoke: Make) -> None:
    name = function(ECHO, Publish=True)
    client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}:live"
    assert invoke(arn, {"a": 1}).version == "1"


def test_without_reserved_concurrency_left_an_invocation_is_throttled(
    function: Make, client: Make
) -> None:
    name = function(ECHO)
    client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="Rate Exceeded") as refused:
        client("lambda").invoke(FunctionName=name)
    assert code(refused) == "TooManyRequestsException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_concurrent_events_run_in_environments_of_their_own(
    aws: Instance, function: Make, invoke: Make
) -> None:
    """Each waits until both have begun: on a single environment they would time out."""
    source = """
import os, pathlib, time
def handler(event, context):
    meeting = pathlib.Path(event["meeting"])
    (meeting / str(os.getpid())).touch()
    while len(list(meeting.iterdir())) < 2:
        time.sleep(0.01)
    return os.getpid()
"""
    name = function(source)
    meeting = aws.environment.settings.scratch / "meeting"
    meeting.mkdir()
    answers: list[int] = []
    clock = aws.environment.clock
    for _ in range(2):
        clock.spawn(lambda: answers.append(invoke(name, {"meeting": str(meeting)}).value), "caller")
    clock.advance_to(clock.now())
    assert len(set(answers)) == 2


def test_the_clock_keeps_to_real_speed_while_a_function_runs(
    aws: Instance, function: Make, invoke: Make
) -> None:
    """An hour's wait, which would end at once, is not over before some real milliseconds."""
    source = """
import pathlib, time
def handler(event, context):
    pathlib.Path(event["began"]).touch()
    while not pathlib.Path(event["go"]).exists():
        time.sleep(0.01)
"""
    name, clock, scratch = function(source), aws.environment.clock, aws.environment.settings.scratch
    began, go, fired = scratch / "began", scratch / "go", threading.Event()
    event = {"began": str(began), "go": str(go)}
    caller = threading.Thread(target=invoke, args=(name, event))
    caller.start()
    while not began.exists():
        clock.sleep(0.001)
    clock.spawn(lambda: clock.sleep(3600), "sleeper")
    before = clock.now()
    clock.call_later(0.02, fired.set)
    fired.wait()
    assert clock.now() - before < timedelta(hours=1)
    go.touch()
    caller.join()
