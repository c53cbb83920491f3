"""Draws who calls whom, from the template and the machines' definitions as they are deployed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.template.project import MACHINE, project

_ROOT = Path(__file__).parents[1]
_FUNCTION = "AWS::Serverless::Function"
_FUNCTION_ARGUMENT = re.compile(r"\$\{(\w+)FunctionArn\}")
_OPERATOR = "an operator's command"
_TOPIC = "the topic"
_SERVICES = {"sagemaker": "SageMaker's API", "cloudwatch": "CloudWatch", "sns": _TOPIC}
_THINGS = {"Endpoint": "an endpoint", "Model Package": "a model package"}


@dataclass(frozen=True)
class Arrow:
    """One part that calls another, or starts it; ``label`` says by what or when."""

    source: str
    destination: str
    label: str = ""


def calls_diagram() -> str:
    """A Mermaid flowchart of what starts what."""
    arrows = [*_events(), *_machines(), *_starts(), *_told(), *_asked()]
    names = list(dict.fromkeys(name for it in arrows for name in (it.source, it.destination)))
    ids = {name: f"n{number}" for number, name in enumerate(names)}
    lines = [
        *(f"{ids[name]}{_shape(name)}" for name in names),
        *(f"{ids[it.source]} -->{_label(it)} {ids[it.destination]}" for it in arrows),
    ]
    return "\n".join(["```mermaid", "flowchart LR", *(f"    {line}" for line in lines), "```"])


def functions_table() -> str:
    """A Markdown table of the functions: what calls each, and what it does, in its own words."""
    callers: dict[str, list[str]] = {}
    for arrow in (*_events(), *_machines(), *_asked()):
        callers.setdefault(arrow.destination, []).append(arrow.source)
    rows = (
        f"| `{name}` | {', '.join(dict.fromkeys(callers[name]))} | {does} |"
        for name, does in _functions()
    )
    return "\n".join(["| function | called by | does |", "|---|---|---|", *rows])


def imports_table() -> str:
    """A Markdown table of the packages: what each is, and whom it may import."""
    rows = (
        f"| `{package}/` | {_docstring(package)} | {', '.join(f'`{it}`' for it in sorted(may))} |"
        for package, may in _may_import().items()
    )
    return "\n".join(["| | | may import |", "|---|---|---|", *rows])


def _events() -> Iterator[Arrow]:
    """What events and schedules start."""
    for logical_id, function in project().of_type(_FUNCTION).items():
        for event in function.get("Events", {}).values():
            properties = event["Properties"]
            if event["Type"] == "ScheduleV2":
                cron = project().resolved(properties["ScheduleExpression"])
                yield Arrow("EventBridge Scheduler", _name(logical_id), cron)
            else:
                yield _of_rule(properties["Pattern"], _name(logical_id))


def _of_rule(pattern: Mapping[str, Any], function: str) -> Arrow:
    detail, (kind,) = pattern["detail"], pattern["detail-type"]
    what = kind.removeprefix("SageMaker ").removesuffix(" State Change")
    statuses = next(values for name, values in detail.items() if name.lower().endswith("status"))
    when = ", ".join(each.lower().replace("_", " ") for each in statuses)
    if "stateMachineArn" in detail:
        what = _machine(detail["stateMachineArn"][0]["Ref"])
    return Arrow(_THINGS.get(what, what), function, "rejected" if "output" in detail else when)


def _machines() -> Iterator[Arrow]:
    """What the machines' states call: functions, jobs and APIs."""
    for logical_id, definition in project().definitions.items():
        called = (_called(state) for state in definition["States"].values() if "Resource" in state)
        yield from (Arrow(_machine(logical_id), name) for name in dict.fromkeys(called))


def _called(state: Mapping[str, Any]) -> str:
    function = _FUNCTION_ARGUMENT.search(str(state["Arguments"]))
    if function:
        return _name(f"{function[1]}Function")
    resource: str = state["Resource"]
    if resource.endswith(".sync"):
        return "SageMaker's jobs"
    service = resource.split(":")[-2]
    return _SERVICES.get(service, service)


def _starts() -> Iterator[Arrow]:
    """Which functions start which machine, by the alias in their environment."""
    for logical_id, function in project().of_type(_FUNCTION).items():
        variables = function.get("Environment", {}).get("Variables", {})
        alias = variables.get("STATE_MACHINE_ARN", {}).get("Ref", "")
        if alias:
            yield Arrow(_name(logical_id), _machine(alias.removesuffix("Aliaslive")), "starts")


def _told() -> Iterator[Arrow]:
    yield Arrow("notify_night", _TOPIC, "publishes")
    yield Arrow("the alarms", _TOPIC, "ring")


def _asked() -> Iterator[Arrow]:
    """What the command line calls: the functions that the stack names in its outputs."""
    for name in project().template["Outputs"]:
        logical_id = name.removesuffix("Name")
        if logical_id in project().of_type(_FUNCTION):
            yield Arrow(_OPERATOR, _name(logical_id))


def _functions() -> Iterator[tuple[str, str]]:
    for logical_id in project().of_type(_FUNCTION):
        name = _name(logical_id)
        source = (_ROOT / "lambdas" / f"{name}.py").read_text()
        _, _, does = str(ast.get_docstring(ast.parse(source))).splitlines()[0].partition(": ")
        yield name, does


def _may_import() -> Mapping[str, set[str]]:
    """The rule as the test that holds it has it; read, since a test is not to be imported."""
    tree = ast.parse((_ROOT / "tests" / "test_house.py").read_text())
    (value,) = (
        each.value
        for each in tree.body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "MAY_IMPORT"
    )
    return {
        ast.literal_eval(key): set(map(ast.literal_eval, getattr(item, "elts", ())))
        for key, item in zip(value.keys, value.values, strict=True)
    }


def _docstring(package: str) -> str:
    module = _ROOT / package / "__init__.py"
    if not module.exists():
        return "One module for every function: parse, call, return."
    told = str(ast.get_docstring(ast.parse(module.read_text()))).splitlines()[0]
    return told.replace("``", "`")


def _name(logical_id: str) -> str:
    handler: str = project().resources[logical_id]["Properties"]["Handler"]
    return handler.removesuffix(".handler")


def _machine(logical_id: str) -> str:
    return {"RetrainStateMachine": "the night", "RolloutStateMachine": "a rollout"}[logical_id]


def _shape(name: str) -> str:
    machines = {_machine(each) for each in project().of_type(MACHINE)}
    opening, closing = ("{{", "}}") if name in machines else ("[", "]")
    return f'{opening}"{name}"{closing}'


def _label(arrow: Arrow) -> str:
    return f'|"{arrow.label}"|' if arrow.label else ""
