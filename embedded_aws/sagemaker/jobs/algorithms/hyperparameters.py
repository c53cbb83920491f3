"""The hyperparameters of the built-in XGBoost algorithm: names, types, ranges, dependencies.

The table and the texts of the errors are those of the public sagemaker-xgboost-container.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.sagemaker.jobs.algorithms.errors import UserError, not_emulated

_ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}
MAXIMISED_METRICS = frozenset({"auc", "aucpr", "map", "ndcg"})
_MINIMISED_METRICS = frozenset(
    {
        "aft-nloglik",
        "cox-nloglik",
        "error",
        "gamma-deviance",
        "gamma-nloglik",
        "interval-regression-accuracy",
        "logloss",
        "mae",
        "mape",
        "merror",
        "mlogloss",
        "mphe",
        "poisson-nloglik",
        "rmse",
        "rmsle",
        "tweedie-nloglik",
    }
)
# The real container computes these with scikit-learn.
_CONTAINER_METRICS = frozenset(
    {
        "accuracy",
        "balanced_accuracy",
        "f1",
        "f1_binary",
        "f1_macro",
        "mse",
        "precision",
        "precision_macro",
        "precision_micro",
        "r2",
        "recall",
        "recall_macro",
        "recall_micro",
    }
)
_THRESHOLD_METRICS = ("error", "ndcg", "map")


@dataclass(frozen=True)
class Interval:
    """A range of numbers, its ends closed unless told otherwise."""

    least: float | None = None
    most: float | None = None
    open_least: bool = False
    open_most: bool = False

    def __contains__(self, value: float) -> bool:
        """Whether a number lies in the range."""
        above = self.least is None or value > self.least or self._is_end(value, self.least)
        below = self.most is None or value < self.most or self._is_end(value, self.most)
        return above and below

    def __str__(self) -> str:
        """The notation that the container's messages use."""
        first = "(-inf" if self.least is None else f"{'(' if self.open_least else '['}{self.least}"
        last = "+inf)" if self.most is None else f"{self.most}{')' if self.open_most else ']'}"
        return f"{first}, {last}"

    def _is_end(self, value: float, end: float) -> bool:
        is_open = self.open_least if end == self.least else self.open_most
        return value == end and not is_open


@dataclass(frozen=True)
class Hyperparameter:
    """How a value is read from its string, and what it may be."""

    parse: Callable[[str], Any]
    allowed: Interval | tuple[Any, ...] | None = None

    def read(self, name: str, text: str) -> Any:  # noqa: ANN401  # int, float, str, list or tuple
        """The value.

        Raises:
            UserError: it cannot be parsed or lies outside its range.
        """
        try:
            value = self.parse(text)
        except (ValueError, SyntaxError) as malformed:
            raise UserError(
                f"Hyperparameter {name}: could not parse value (caused by ValueError)"
            ) from malformed
        if self.allowed is not None and value not in self.allowed:
            shown = list(self.allowed) if isinstance(self.allowed, tuple) else self.allowed
            raise UserError(f"Hyperparameter {name}: {value} is not in {shown}")
        return value


def _integer(least: int | None = None, most: int | None = None) -> Hyperparameter:
    return Hyperparameter(int, Interval(least, most))


def _number(least: float = 0, most: float | None = None) -> Hyperparameter:
    return Hyperparameter(float, Interval(least, most))


def _positive_number(most: float | None = None, *, open_most: bool = False) -> Hyperparameter:
    return Hyperparameter(float, Interval(0, most, open_least=True, open_most=open_most))


def _one_of(*values: str) -> Hyperparameter:
    return Hyperparameter(str, values)


_TABLE: Mapping[str, Hyperparameter] = {
    "num_round": _integer(1),
    "csv_weights": _integer(0, 1),
    "early_stopping_rounds": _integer(1),
    "booster": _one_of("gbtree", "gblinear", "dart"),
    "verbosity": _integer(0, 3),
    "nthread": _integer(1),
    "eta": _number(0, 1),
    "gamma": _number(),
    "max_depth": _integer(0),
    "min_child_weight": _number(),
    "max_delta_step": _number(),
    "subsample": _positive_number(1),
    "colsample_bytree": _positive_number(1),
    "colsample_bylevel": _positive_number(1),
    "colsample_bynode": _positive_number(1),
    "lambda": _number(),
    "alpha": _number(),
    "tree_method": _one_of("auto", "exact", "approx", "hist", "gpu_hist"),
    "sketch_eps": _positive_number(1, open_most=True),
    "scale_pos_weight": _positive_number(),
    "updater": Hyperparameter(str),
    "dsplit": _one_of("row", "col"),
    "refresh_leaf": _integer(0, 1),
    "process_type": _one_of("default", "update"),
    "grow_policy": _one_of("depthwise", "lossguide"),
    "max_leaves": _integer(0),
    "max_bin": _integer(0),
    "predictor": _one_of("auto", "cpu_predictor", "gpu_predictor"),
    "monotone_constraints": Hyperparameter(ast.literal_eval),
    "interaction_constraints": Hyperparameter(ast.literal_eval),
    "sample_type": _one_of("uniform", "weighted"),
    "normalize_type": _one_of("tree", "forest"),
    "rate_drop": _number(0, 1),
    "one_drop": _integer(0, 1),
    "skip_drop": _number(0, 1),
    "lambda_bias": _number(0, 1),
    "tweedie_variance_power": Hyperparameter(
        float, Interval(1, 2, open_least=True, open_most=True)
    ),
    "objective": _one_of(
        "aft_loss_distribution",
        "binary:logistic",
        "binary:logitraw",
        "binary:hinge",
        "count:poisson",
        "multi:softmax",
        "multi:softprob",
        "rank:pairwise",
        "rank:ndcg",
        "rank:map",
        "reg:linear",
        "reg:squarederror",
        "reg:logistic",
        "reg:gamma",
        "reg:pseudohubererror",
        "reg:squaredlogerror",
        "reg:absoluteerror",
        "reg:tweedie",
        "survival:aft",
        "survival:cox",
    ),
    "num_class": _integer(2),
    "base_score": _number(),
    "_kfold": _integer(2),
    "_num_cv_round": _integer(1),
    "_tuning_objective_metric": Hyperparameter(str),
    "eval_metric": Hyperparameter(lambda text: text.split(",")),
    "seed": Hyperparameter(int, Interval(-(2**31), 2**31 - 1, open_least=True, open_most=True)),
    "num_parallel_tree": _integer(1),
    "save_model_on_termination": _one_of("true", "false"),
    "aft_loss_distribution": _one_of("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _number(),
    "deterministic_histogram": _one_of("true", "false"),
    "sampling_method": _one_of("uniform", "gradient_based"),
    "prob_buffer_row": Hyperparameter(int, Interval(1.0, open_least=True)),
    "use_dask_gpu_training": _one_of("true", "false"),
}
_NOT_EMULATED = {
    "_kfold",
    "_num_cv_round",
    "_tuning_objective_metric",
    "csv_weights",
    "updater",
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Typed hyperparameters from their strings.

    Raises:
        UserError: one is missing, unknown, malformed, out of range, or unfit beside another.
    """
    named = {_ALIASES.get(name, name): text for name, text in given.items()}
    if "num_round" not in named:
        raise UserError("Missing required hyperparameter: num_round")
    for name, text in named.items():
        if name not in _TABLE:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        if name in _NOT_EMULATED and (name, text) != ("csv_weights", "0"):
            raise not_emulated(f"the hyperparameter {name}")
    values = {name: _TABLE[name].read(name, text) for name, text in named.items()}
    _check_objective(values)
    _check_metrics(values)
    _check_constraints(values)
    return values


def _check_objective(values: Mapping[str, Any]) -> None:
    objective = values.get("objective")
    if objective in {"multi:softmax", "multi:softprob"} and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    if values.get("tree_method") == "gpu_hist" or values.get("use_dask_gpu_training") == "true":
        raise not_emulated("training on GPUs")


def _check_metrics(values: Mapping[str, Any]) -> None:
    metrics = values.get("eval_metric", ())
    objective = values.get("objective", "")
    for metric in metrics:
        _check_metric(metric)
    if "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")


def _check_metric(metric: str) -> None:
    name, at, threshold = (part.strip() for part in metric.partition("@"))
    if at:
        _check_threshold(metric, name, threshold)
    elif metric in _CONTAINER_METRICS:
        raise not_emulated(f"the eval_metric {metric}")
    elif metric not in MAXIMISED_METRICS | _MINIMISED_METRICS:
        known = sorted(MAXIMISED_METRICS | _MINIMISED_METRICS | _CONTAINER_METRICS)
        raise UserError(f"Hyperparameter eval_metric: value {metric} not in range {known}")


def _check_threshold(metric: str, name: str, threshold: str) -> None:
    if name not in _THRESHOLD_METRICS:
        raise UserError(
            f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized "
            "threshold should be one of these options: 'error', 'ndcg', 'map'."
        )
    try:
        float(threshold)
    except ValueError as malformed:
        raise UserError(f"Threshold value 't' in '{name}@t' expects float input.") from malformed


def _check_constraints(values: Mapping[str, Any]) -> None:
    tree_method = values.get("tree_method")
    if "monotone_constraints" in values and tree_method not in {"exact", "hist"}:
        raise UserError(
            "monotone_constraints can be used only when the tree_method parameter is set to "
            "either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and tree_method not in {"exact", "hist", "approx"}:
        raise UserError(
            "interaction_constraints can be used only when the tree_method parameter is set to "
            "either 'exact', 'hist' or 'approx'."
        )
