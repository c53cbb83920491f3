"""Condition operators, as "IAM JSON policy elements: Condition operators" lists them."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from embedded_aws.iam.patterns import fits, fits_arn

Comparison = Callable[[str, str], bool]


@dataclass(frozen=True)
class Operator:
    """How a key's values in the request are held against those in the policy.

    Attributes:
        is_negated: Fits when no value of the policy compares, as ``StringNotEquals`` does.
        quantifier: ``ForAllValues``, ``ForAnyValue`` or nothing.
        if_exists: Fits whenever the key is absent.
        takes_variables: Whether policy variables in its values are replaced.
    """

    name: str
    compare: Comparison
    is_negated: bool = False
    quantifier: str = ""
    if_exists: bool = False
    takes_variables: bool = False

    def holds(self, given: Sequence[str] | None, wanted: Sequence[str]) -> bool:
        """Tell whether the request's values, ``None`` for an absent key, satisfy the policy's.

        A multivalued key without a quantifier counts as met by any one of its values.
        """
        if self.name == "Null":
            return any((given is None) == (value.lower() == "true") for value in wanted)
        if given is None and self.if_exists:
            return True
        if self.quantifier == "ForAllValues":
            return all(self._fits(value, wanted) for value in given or ())
        if self.quantifier == "ForAnyValue":
            return any(self._fits(value, wanted) for value in given or ())
        if given is None:
            return self.is_negated
        met = any(self.compare(pattern, value) for pattern in wanted for value in given)
        return met != self.is_negated

    def _fits(self, value: str, wanted: Sequence[str]) -> bool:
        return any(self.compare(pattern, value) for pattern in wanted) != self.is_negated


@cache
def operator(name: str) -> Operator | None:
    """The operator of a condition block, or ``None`` where AWS has none of that name."""
    quantifier, _, plain = name.rpartition(":")
    base = plain.removesuffix("IfExists")
    compared = _OPPOSITES.get(base, base)
    if compared not in _COMPARISONS or quantifier not in {"", "ForAllValues", "ForAnyValue"}:
        return None
    if base == "Null" and plain != "Null":
        return None
    return Operator(
        name=base,
        compare=_COMPARISONS[compared],
        is_negated=base in _OPPOSITES,
        quantifier=quantifier,
        if_exists=plain != base,
        takes_variables=base.startswith(("String", "Arn")),
    )


def _ignoring_case(pattern: str, value: str) -> bool:
    return _exactly(pattern.lower(), value.lower())


def _exactly(pattern: str, value: str) -> bool:
    # A variable's literal wildcards are marked until here.
    return pattern.replace("\ue000", "*").replace("\ue001", "?") == value


def _numeric(compare: Callable[[float, float], bool]) -> Comparison:
    def comparison(pattern: str, value: str) -> bool:
        try:
            return compare(float(value), float(pattern))
        except ValueError:
            return False

    return comparison


def _dated(compare: Callable[[float, float], bool]) -> Comparison:
    def comparison(pattern: str, value: str) -> bool:
        try:
            return compare(_epoch_seconds(value), _epoch_seconds(pattern))
        except ValueError:
            return False

    return comparison


def _epoch_seconds(text: str) -> float:
    if text.lstrip("-").isdigit():
        return float(text)
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=instant.tzinfo or UTC).timestamp()


def _binary(pattern: str, value: str) -> bool:
    try:
        return base64.b64decode(pattern, validate=True) == base64.b64decode(value, validate=True)
    except binascii.Error:
        return False


def _in_network(pattern: str, value: str) -> bool:
    try:
        network = ipaddress.ip_network(pattern, strict=False)
        return ipaddress.ip_address(value) in network
    except ValueError:
        return False


def _present(_pattern: str, _value: str) -> bool:
    return True


_COMPARISONS: Mapping[str, Comparison] = {
    "StringEquals": _exactly,
    "StringEqualsIgnoreCase": _ignoring_case,
    "StringLike": fits,
    "NumericEquals": _numeric(lambda given, wanted: given == wanted),
    "NumericLessThan": _numeric(lambda given, wanted: given < wanted),
    "NumericLessThanEquals": _numeric(lambda given, wanted: given <= wanted),
    "NumericGreaterThan": _numeric(lambda given, wanted: given > wanted),
    "NumericGreaterThanEquals": _numeric(lambda given, wanted: given >= wanted),
    "DateEquals": _dated(lambda given, wanted: given == wanted),
    "DateLessThan": _dated(lambda given, wanted: given < wanted),
    "DateLessThanEquals": _dated(lambda given, wanted: given <= wanted),
    "DateGreaterThan": _dated(lambda given, wanted: given > wanted),
    "DateGreaterThanEquals": _dated(lambda given, wanted: given >= wanted),
    "Bool": _ignoring_case,
    "BinaryEquals": _binary,
    "IpAddress": _in_network,
    "ArnEquals": fits_arn,
    "ArnLike": fits_arn,
    "Null": _present,
}
_OPPOSITES: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
