"""The built-in XGBoost algorithm in algorithm mode, as a program that a training job runs.

It does what the public sagemaker-xgboost-container does on CPU instances: hyperparameters
from strings, channels ``train`` and ``validation`` in csv, libsvm or parquet, metrics on
standard output, the model saved as ``xgboost-model``; on several hosts, those with data train
together. Script mode, cross validation, instance weights, GPUs and metrics that need
scikit-learn are refused by name.
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

from embedded_aws.sagemaker.jobs.algorithms import NETWORK_VARIABLE, channels, hyperparameters
from embedded_aws.sagemaker.jobs.algorithms.distributed import Fleet
from embedded_aws.sagemaker.jobs.algorithms.errors import AlgorithmError, UserError

MODEL_NAME = "xgboost-model"
_WITHOUT_DATA = (
    "Host %s does not have %s data. Will broadcast to cluster and this host %s will not be used "
    "in distributed training. Please divide the data across instances properly."
)
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
        train(root / "input", Path(os.environ["SM_MODEL_DIR"]), _fleet())
    except (UserError, AlgorithmError) as failure:
        # The wording of the container's toolkit; FailureReason starts with it.
        text = f"framework error: \n{traceback.format_exc(limit=-1)}\n{failure}"
        (root / "output" / "failure").write_text(text, encoding="utf-8")
        _log.error("Reporting training FAILURE")
        _log.error(text)
        return 1
    _log.info("Reporting training SUCCESS")
    return 0


def train(input_folder: Path, model_folder: Path, fleet: Fleet) -> None:
    """Read the configuration and the channels beneath a folder, train, save.

    A host without data tells the others, and has no part in the training.

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
    if fleet.is_alone:
        _demand_data(matrices, input_folder / "data")
        _fit(parameters, matrices, model_folder, fleet)
    else:
        _fit_together(parameters, matrices, model_folder, fleet)


def _demand_data(matrices: Mapping[str, Any], folder: Path) -> None:
    for name, matrix in matrices.items():
        if matrix is None:
            label = "training" if name == "train" else name
            raise UserError(f"No data in {label} channel path {folder / name}")


def _fit_together(
    parameters: dict[str, Any], matrices: Mapping[str, Any], model_folder: Path, fleet: Fleet
) -> None:
    hosts = list(fleet.hosts)
    _log.info("Distributed node training with %d hosts: %s", len(hosts), hosts)
    missing = [name for name, matrix in matrices.items() if matrix is None]
    for name in missing:
        label = "training" if name == "train" else name
        _log.warning(_WITHOUT_DATA, fleet.current, label, fleet.current)
    trainers = fleet.with_data(has_data=not missing)
    if missing:
        _log.warning("Host %s not being used for distributed training.", fleet.current)
        return
    with trainers.joined("with-data"):
        _fit(parameters, matrices, model_folder, trainers)


def _fit(
    parameters: dict[str, Any], matrices: Mapping[str, Any], model_folder: Path, fleet: Fleet
) -> None:
    for name, matrix in matrices.items():
        if not matrix.get_label().size:
            raise UserError("Got input data without labels. Please check the input data set.")
        _log.info("%s matrix has %d rows and %d columns", name, matrix.num_row(), matrix.num_col())
    model = model_folder / MODEL_NAME
    booster = _boost(parameters, matrices, model, is_master=fleet.is_master)
    if fleet.is_master:
        booster.save_model(model)


def _boost(
    parameters: dict[str, Any], matrices: Mapping[str, Any], model: Path, *, is_master: bool
) -> Any:  # noqa: ANN401
    rounds = parameters.pop("num_round")
    callbacks = [xgboost.callback.EvaluationMonitor()]
    if parameters.pop("save_model_on_termination", "false") == "true" and is_master:
        callbacks.append(_SaveEachRound(model))
        signal.signal(signal.SIGTERM, _end_cleanly)
    callbacks.extend(_early_stopping(parameters, matrices, is_master=is_master))
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


def _early_stopping(
    parameters: dict[str, Any], matrices: Mapping[str, Any], *, is_master: bool
) -> list[Any]:
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
            save_best=is_master,
        )
    ]


def _fleet() -> Fleet:
    hosts = tuple(sorted(json.loads(os.environ["SM_HOSTS"])))
    return Fleet(hosts, os.environ["SM_CURRENT_HOST"], Path(os.environ[NETWORK_VARIABLE]))


def _end_cleanly(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)


def _json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


if __name__ == "__main__":
    sys.exit(main())
