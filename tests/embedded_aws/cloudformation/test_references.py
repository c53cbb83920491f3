"""What a value refers to, and the order that follows from it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.references import in_dependency_order, references


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"Ref": "A"}, {("A", None)}),
        ({"Fn::GetAtt": "A.Arn"}, {("A", "Arn")}),
        ({"Fn::GetAtt": ["A", "B.C"]}, {("A", "B.C")}),
        ({"Fn::Sub": "${A}-${B.Arn}-${!C}"}, {("A", None), ("B", "Arn")}),
        ({"Fn::Sub": ["${x}-${A}", {"x": {"Ref": "B"}}]}, {("A", None), ("B", None)}),
        ([{"Deep": {"Fn::Join": ["", [{"Ref": "A"}, {"Ref": "B"}]]}}], {("A", None), ("B", None)}),
        ("plain ${A}", set()),
    ],
)
def test_every_reference_is_found(value: Any, found: set[tuple[str, str | None]]) -> None:
    assert set(references(value)) == found


def test_a_name_comes_after_what_it_depends_on_and_otherwise_keeps_its_place() -> None:
    order = in_dependency_order({"A": ["C"], "B": [], "C": [], "D": ["A"]})
    assert order == ["B", "C", "A", "D"]


def test_a_circle_is_refused_with_its_members_only() -> None:
    needs = {"A": ["B"], "B": ["C"], "C": ["B"], "D": [], "E": ["C"]}
    with pytest.raises(TemplateError, match=r"Circular dependency between resources: \[B, C\]"):
        in_dependency_order(needs)


@given(st.lists(st.lists(st.integers(0, 30)), max_size=12))
def test_any_graph_without_circles_is_ordered(targets: list[list[int]]) -> None:
    """Edges that only point back make every graph without circles."""
    needs = {
        str(index): {str(target % index) for target in named} if index else set()
        for index, named in enumerate(targets)
    }
    order = in_dependency_order(dict(reversed(needs.items())))
    assert sorted(order) == sorted(needs)
    assert all(order.index(on) < order.index(name) for name in needs for on in needs[name])
