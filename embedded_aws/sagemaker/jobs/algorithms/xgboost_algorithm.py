"""The built-in XGBoost algorithm in algorithm mode, as a program that a training job runs.

It does what the public sagemaker-xgboost-container does on one CPU instance: hyperparameters
from strings, channels ``train`` and ``validation`` in csv, libsvm or parquet, metrics on
standard output, the model saved as ``xgboost-model``. Script mode, cross validation, instance
weights, GPUs and metrics that need scikit-learn are refused by name.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import xgboost

from embedded_aws.sagemaker.jobs.algorithms import channels, hyperparameters
from embedded_aws.sagemaker.jobs.algorithms.errors import AlgorithmError, UserError

MODEL_NAME = "xgboost-model"
_log = logging.getLogger(__name__)


class _SaveEachRound(xgboost.callback.TrainingCallback):  # type: ignore[misc]
    """Keeps the model on disk up to date: save_model_on_termination."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ANN401, ARG002
        """Replace the file in one step, since the job may be stopped at any time."""
        fresh = self._path.with_name(f"{self._path.name}.sagemaker-ignore")
        model.save_model(fresh)
        fresh.replace(self._path)
        return False


def main() -> int:
    """Train; on failure leave the reason where SageMaker looks for it."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stdout,
        format="[%(asctime)s:%(levelname)s] %(message)s",
        datefmt="%Y-%m-%d:%H:%M:%S",
    )
    root = Path(os.environ["SM_INPUT"]).parent
    try:
        train(root / "input", Path(os.environ["SM_MODEL_DIR"]))
    except (UserError, AlgorithmError) as failure:
        # The wording of the container's toolkit; FailureReason starts with it.
        text = f"framework error: \n{traceback.format_exc(limit=-1)}\n{failure}"
        (root / "output" / "failure").write_text(text, encoding="utf-8")
        _log.error("Reporting training FAILURE")
        _log.error(text)
        return 1
    _log.info("Reporting training SUCCESS")
    return 0


def train(input_folder: Path, model_folder: Path) -> None:
    """Read the configuration and the channels beneath a folder, train, save.

    Raises:
        UserError: the job's hyperparameters, channels or data have to change.
        AlgorithmError: XGBoost failed for another reason.
    """
    configuration = input_folder / "config"
    parameters = hyperparameters.validate(_json(configuration / "hyperparameters.json"))
    channel_configuration = _json(configuration / "inputdataconfig.json")
    data_format = channels.content_format(channel_configuration)
    matrices: dict[str, Any] = {
        name: channels.matrix(input_folder / "data" / name, data_format)
        for name in ("train", "validation")
        if name in channel_configuration
    }
    for name, matrix in matrices.items():
        if matrix is None:
            label = "training" if name == "train" else name
            raise UserError(f"No data in {label} channel path {input_folder / 'data' / name}")
        if not matrix.get_label().size:
            raise UserError("Got input data without labels. Please check the input data set.")
        _log.info("%s matrix has %d rows and %d columns", name, matrix.num_row(), matrix.num_col())
    _boost(parameters, matrices, model_folder / MODEL_NAME).save_model(model_folder / MODEL_NAME)


def _boost(parameters: dict[str, Any], matrices: Mapping[str, Any], model: Path) -> Any:  # noqa: ANN401
    rounds = parameters.pop("num_round")
    callbacks = [xgboost.callback.EvaluationMonitor()]
    if parameters.pop("save_model_on_termination", "false") == "true":
        callbacks.append(_SaveEachRound(model))
        signal.signal(signal.SIGTERM, _end_cleanly)
    callbacks.extend(_early_stopping(parameters, matrices))
    for ours in ("csv_weights", "use_dask_gpu_training"):
        parameters.pop(ours, None)
    try:
        return xgboost.train(
            parameters,
            matrices["train"],
            num_boost_round=rounds,
            evals=[(matrix, name) for name, matrix in matrices.items()],
            callbacks=callbacks,
            verbose_eval=False,
        )
    except xgboost.core.XGBoostError as failure:
        # The container leaves this prefix out of errors that it blames on the data, but goes by
        # the texts of XGBoost releases before 2, so that it hardly ever does.
        raise AlgorithmError(f"XGB train call failed with exception:\n {failure}") from failure


def _early_stopping(parameters: dict[str, Any], matrices: Mapping[str, Any]) -> list[Any]:
    """Stop on the last metric of the validation channel, and keep the best iteration's model.

    Like the container, train on without a word when there is no such channel or metric.
    """
    rounds = parameters.pop("early_stopping_rounds", None)
    metrics = parameters.get("eval_metric")
    if rounds is None or metrics is None or "validation" not in matrices:
        return []
    return [
        xgboost.callback.EarlyStopping(
            rounds=rounds,
            data_name="validation",
            metric_name=metrics[-1],
            maximize=metrics[-1] in hyperparameters.MAXIMISED_METRICS,
            save_best=True,
        )
    ]


def _end_cleanly(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)


def _json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


if __name__ == "__main__":
    sys.exit(main())
