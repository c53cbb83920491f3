"""Small charts of an explanation, as SVG: the AUC beside its threshold, and the days of data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lineage.facts import Document
from lineage.rendering.markup import Markup, element

_WIDTH = 460
_AXIS = 46
_PADDING = 0.15
"""Free axis to the left and right of what is shown, as a share of it."""
_ROW, _LABELS = 26, 92


def auc_chart(explanation: Document) -> Markup:
    """The AUC with its interval, and the threshold that it had to reach."""
    found, threshold = explanation["Evaluation"], explanation["Decision"]["Threshold"]
    lower: float = min(found["AucLower"], threshold)
    upper: float = max(found["AucUpper"], threshold)
    margin = (upper - lower) * _PADDING or 0.001

    def x(auc: float) -> float:
        return round(_WIDTH * (auc - lower + margin) / (upper - lower + 2 * margin), 1)

    said = f"AUC {found['Auc']:.4f}, 95 % interval {found['AucLower']:.4f} to"
    left, right = x(found["AucLower"]), x(found["AucUpper"])
    return element(
        "svg",
        element("title", f"{said} {found['AucUpper']:.4f}; threshold {threshold}"),
        _line(0, _WIDTH, _AXIS, "axis"),
        element(
            "rect",
            x=left,
            y=_AXIS - 7,
            width=round(right - left, 1),
            height=14,
            rx=7,
            class_="interval",
        ),
        element("line", x1=x(threshold), x2=x(threshold), y1=14, y2=_AXIS + 16, class_="threshold"),
        element("circle", cx=x(found["Auc"]), cy=_AXIS, r=7, class_="estimate"),
        _label(x(threshold), 10, f"threshold {threshold}"),
        _label(left, _AXIS + 30, f"{found['AucLower']:.4f}"),
        _label(x(found["Auc"]), _AXIS - 14, f"{found['Auc']:.4f}", "strong"),
        _label(right, _AXIS + 30, f"{found['AucUpper']:.4f}"),
        viewBox=f"0 0 {_WIDTH} 82",
        role="img",
        class_="chart",
    )


def window_chart(explanation: Document) -> Markup:
    """Which days were read, and which of them trained, validated and judged the model."""
    dataset = explanation["Dataset"]
    windows = {"read": (dataset["FirstPartition"], dataset["LastPartition"])}
    windows |= {
        name: (channel["FirstDay"], channel["LastDay"])
        for name, channel in explanation["Channels"].items()
    }
    days = {name: tuple(map(date.fromisoformat, each)) for name, each in windows.items()}
    first, last = min(d for d, _ in days.values()), max(d for _, d in days.values())
    unit = (_WIDTH - _LABELS) / ((last - first).days + 1)
    said = "; ".join(f"{name} {since} to {until}" for name, (since, until) in windows.items())
    bars = [
        bar
        for row, (name, (since, until)) in enumerate(days.items())
        for bar in _window(
            row, name, (since - first).days * unit, ((until - since).days + 1) * unit
        )
    ]
    return element(
        "svg",
        element("title", said),
        *bars,
        _label(_LABELS, _ROW * len(days) + 14, str(first), "start"),
        _label(_WIDTH, _ROW * len(days) + 14, str(last), "end"),
        viewBox=f"0 0 {_WIDTH} {_ROW * len(days) + 20}",
        role="img",
        class_="chart",
    )


def _window(row: int, name: str, start: float, width: float) -> Iterator[Markup]:
    top = row * _ROW
    yield _label(0, top + 17, name, "start")
    yield _line(_LABELS, _WIDTH, top + 13, "axis")
    box = {"x": round(_LABELS + start, 1), "y": top + 5, "width": round(width, 1), "height": 16}
    yield element("rect", rx=3, class_=f"window {name}", **box)


def _line(x1: float, x2: float, y: float, class_: str) -> Markup:
    return element("line", x1=x1, x2=x2, y1=y, y2=y, class_=class_)


def _label(x: float, y: float, text: str, class_: str = "") -> Markup:
    return element("text", text, x=x, y=y, class_=f"label {class_}".strip())
