"""The evaluate job: scores the holdout with the night's model, and writes how well it did."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs import channels, exit_message
from jobs.auc import AucEstimate, Estimate, average_precision, compare_aucs, estimate_auc
from jobs.champion import Champion, NotCompared
from jobs.errors import InvalidArgument, SingleClassHoldout
from jobs.scoring import load_model, require_finite, score_channel
from jobs.split import FEWEST_PER_CLASS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    Scores = npt.NDArray[np.float32]
    Labels = npt.NDArray[np.bool_]


def evaluate(arguments: Sequence[str]) -> str:
    """Score the holdout, write evaluation.json and sample.json, return a closing line."""
    given = _parse(arguments)
    score, positive, sample = score_channel(
        load_model(given.model), given.holdout, given.content_type
    )
    _require_both_classes(positive)
    require_finite(score)
    auc = estimate_auc(score, positive)
    document = describe(auc, average_precision(score, positive), positive)
    if given.champion:
        document["champion"] = _second_opinion(given, score, positive)
    given.output.mkdir(parents=True, exist_ok=True)
    _write(given.output / "evaluation.json", document)
    _write(given.output / "sample.json", sample.described())
    return f"AUC {auc.value:.4f} ± {auc.standard_error:.4f} on {positive.size} holdout rows"


def _parse(arguments: Sequence[str]) -> Namespace:
    parser = exit_message.ArgumentParser(prog="jobs.evaluate", allow_abbrev=False)
    for path in ("model", "holdout", "output", "message"):
        parser.add_argument(f"--{path}", type=Path, required=True)
    parser.add_argument("--content-type", choices=sorted(channels.SUFFIXES), default=channels.CSV)
    parser.add_argument("--champion", type=Path, help="what serves in production, to compare with")
    parser.add_argument("--champion-features", help="the digest of its features")
    given = parser.parse_args(arguments)
    if (given.champion is None) != (given.champion_features is None):
        raise InvalidArgument("--champion and --champion-features go together")
    return given


def _require_both_classes(positive: Labels) -> None:
    frauds = int(positive.sum())
    if min(frauds, positive.size - frauds) < FEWEST_PER_CLASS:
        raise SingleClassHoldout(
            f"the holdout has {frauds} frauds in {positive.size} rows, an AUC with its standard"
            f" error takes {FEWEST_PER_CLASS} of each class: check the labels of its days"
        )


def _second_opinion(given: Namespace, score: Scores, positive: Labels) -> dict[str, Any]:
    champion = Champion(given.champion, given.champion_features)
    try:
        other = champion.score(given.holdout, given.content_type)
    except NotCompared as why:
        return {"not_compared": str(why)}
    auc, difference = estimate_auc(other, positive), compare_aucs(score, other, positive)
    return {
        "auc": _estimate(auc),
        "auc_interval": _interval(auc),
        "auc_difference": {**_estimate(difference), **_interval(difference)},
    }


def describe(auc: AucEstimate, precision: float, positive: Labels) -> dict[str, Any]:
    """evaluation.json: SageMaker's model quality layout, with the interval and counts beside it.

    As in SageMaker's own reports, a standard deviation that is not computed is the string "NaN"
    (developer guide, "Model quality metrics and Amazon CloudWatch monitoring").
    """
    frauds = int(positive.sum())
    return {
        "version": 1,
        "binary_classification_metrics": {
            "auc": _estimate(auc),
            "average_precision": {"value": precision, "standard_deviation": "NaN"},
        },
        "auc_interval": _interval(auc),
        "counts": {"rows": positive.size, "positives": frauds, "negatives": positive.size - frauds},
    }


def _estimate(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "standard_deviation": found.standard_error}


def _interval(found: Estimate) -> dict[str, Any]:
    lower, upper = found.interval
    return {"method": "DeLong", "level": 0.95, "lower": lower, "upper": upper}


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n")


if __name__ == "__main__":
    sys.exit(exit_message.run(evaluate, sys.argv[1:]))
