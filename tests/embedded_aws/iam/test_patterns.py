from __future__ import annotations

import pytest

from embedded_aws.iam.patterns import (
    NoValue,
    filled,
    fits,
    fits_any_case,
    fits_arn,
    fits_resource,
)

JOBS = "arn:aws:sagemaker:us-east-1:123456789012:training-job/"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("runs/*", "runs/a/b", True),
        ("runs/*", "run/a", False),
        ("v?", "v1", True),
        ("v?", "v12", False),
        ("a.c", "abc", False),
        ("*", "", True),
    ],
)
def test_a_star_is_any_text_and_a_question_mark_one_character(
    pattern: str, text: str, *, expected: bool
) -> None:
    assert expected == fits(pattern, text)


def test_the_case_of_actions_does_not_matter() -> None:
    assert fits_any_case("s3:get*", "s3:GetObject")
    assert not fits("s3:get*", "s3:GetObject")


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        (f"{JOBS}night-*", f"{JOBS}night-7", True),
        (f"{JOBS}night-*", f"{JOBS}other-7", False),
        ("arn:aws:s3:::lake/*/x", "arn:aws:s3:::lake/a:b/x", True),
        ("arn:aws:s3:::lake", "arn:aws:s3:::lake/x", False),
        # The last character of a segment reaches over colons, one within it does not.
        ("arn:aws:sagemaker:*", f"{JOBS}night-7", True),
        ("arn:aws:sagemaker:*:123456789012:training-job/n", f"{JOBS}n", True),
        ("arn:aws:sage*er:us-east-1:123456789012:training-job/n", f"{JOBS}n", True),
        ("arn:aws:sage*1:123456789012:training-job/n", f"{JOBS}n", False),
    ],
)
def test_resources_fit_by_segment(pattern: str, resource: str, *, expected: bool) -> None:
    assert expected == fits_resource(pattern, resource)


def test_arn_like_compares_six_parts() -> None:
    assert fits_arn("arn:aws:*:*:123456789012:training-job/*", f"{JOBS}a")
    assert not fits_arn("arn:aws:*", f"{JOBS}a")


def test_variables_take_the_value_of_a_key_and_its_wildcards_are_literal() -> None:
    values = {"aws:username": ("a*",), "many": ("a", "b")}.get
    assert fits(filled("home/${aws:username}/*", values), "home/a*/x")
    assert not fits(filled("home/${aws:username}/*", values), "home/ab/x")


def test_escapes_and_defaults_of_variables() -> None:
    lookup = {"many": ("a", "b")}.get
    assert fits(filled("${*}${?}${$}", lookup), "*?$")
    assert filled("${aws:PrincipalTag/team, 'all'}", lookup) == "all"
    for key in ("aws:username", "many"):
        with pytest.raises(NoValue):
            filled(f"${{{key}}}", lookup)
