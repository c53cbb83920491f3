"""The hyperparameters of the built-in XGBoost algorithm, as strings."""

from __future__ import annotations

import pytest

from embedded_aws.sagemaker.jobs.algorithms.errors import UserError
from embedded_aws.sagemaker.jobs.algorithms.hyperparameters import validate

ENOUGH = {"num_round": "10", "objective": "binary:logistic"}


def test_strings_become_typed_values() -> None:
    given = ENOUGH | {"eta": "0.2", "max_depth": "5", "eval_metric": "logloss,auc", "seed": "-7"}
    assert validate(given) == {
        "num_round": 10,
        "objective": "binary:logistic",
        "eta": 0.2,
        "max_depth": 5,
        "eval_metric": ["logloss", "auc"],
        "seed": -7,
    }


def test_aliases_are_known_by_their_proper_names() -> None:
    assert validate({"num_round": "1", "learning_rate": "0.5", "reg_lambda": "2"}) == {
        "num_round": 1,
        "eta": 0.5,
        "lambda": 2.0,
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"objective": "binary:logistic"}, "Missing required hyperparameter: num_round"),
        (ENOUGH | {"silent": "1"}, "Extraneous hyperparameter found: silent"),
        (ENOUGH | {"num_round": "ten"}, "Hyperparameter num_round: could not parse value"),
        (ENOUGH | {"num_round": "0"}, r"Hyperparameter num_round: 0 is not in \[1, \+inf\)"),
        (ENOUGH | {"eta": "1.5"}, r"Hyperparameter eta: 1.5 is not in \[0, 1\]"),
        (ENOUGH | {"subsample": "0"}, r"Hyperparameter subsample: 0.0 is not in \(0, 1\]"),
        (ENOUGH | {"sketch_eps": "1"}, r"Hyperparameter sketch_eps: 1.0 is not in \(0, 1\)"),
        (ENOUGH | {"scale_pos_weight": "0"}, r"scale_pos_weight: 0.0 is not in \(0, \+inf\)"),
        (ENOUGH | {"tree_method": "best"}, "Hyperparameter tree_method: best is not in"),
        (ENOUGH | {"objective": "binary:best"}, "Hyperparameter objective: binary:best is not"),
        (ENOUGH | {"eval_metric": "best"}, "Hyperparameter eval_metric: value best not in range"),
        (ENOUGH | {"eval_metric": "auc@0.5"}, "Metric 'auc@0.5' is not supported"),
        (ENOUGH | {"eval_metric": "error@x"}, "Threshold value 't' in 'error@t' expects float"),
        (
            {"num_round": "1", "objective": "reg:squarederror", "eval_metric": "auc"},
            "Metric 'auc' can only be applied for classification and ranking problems",
        ),
        ({"num_round": "1", "objective": "multi:softprob"}, "Require input for .*'num_class'"),
        (ENOUGH | {"monotone_constraints": "(1,)"}, "monotone_constraints can be used only when"),
    ],
)
def test_what_the_container_refuses_is_refused_in_its_words(
    given: dict[str, str], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        validate(given)


def test_a_metric_may_have_a_threshold() -> None:
    assert validate(ENOUGH | {"eval_metric": "error@0.7"})["eval_metric"] == ["error@0.7"]


@pytest.mark.parametrize(
    "given",
    [
        {"csv_weights": "1"},
        {"_kfold": "5"},
        {"_tuning_objective_metric": "validation:auc"},
        {"tree_method": "gpu_hist"},
        {"use_dask_gpu_training": "true"},
        {"eval_metric": "f1"},
    ],
)
def test_what_the_container_can_and_this_cannot_is_refused_by_name(given: dict[str, str]) -> None:
    with pytest.raises(UserError, match="embedded AWS's XGBoost algorithm does not support"):
        validate(ENOUGH | given)
