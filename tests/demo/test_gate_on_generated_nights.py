"""The demo's promise: the gate rejects a night that never saw a raid, and passes the others."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost as xgb

from demo.transactions import write_partitions
from jobs.auc import estimate_auc
from jobs.channels import PARQUET, read_channel
from jobs.featurise import featurise

DAYS_READ = 58
MARGIN = 0.01
REJECTED_NIGHT = date(2026, 11, 9)
ACCEPTED_NIGHT = date(2026, 11, 12)
NIGHT_SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "night.json").read_text())
DEFAULTS = {name: rule.get("default") for name, rule in NIGHT_SCHEMA["properties"].items()}

pytestmark = pytest.mark.slow


def features_of_night(data_date: date, folder: Path) -> Path:
    """Generate what the night reads and run the real featurise job on it; return its output."""
    first_day = data_date - timedelta(days=DAYS_READ - 1)
    files = write_partitions(folder / "source", first_day, data_date)
    manifest = {"digest": "0", "objects": [{"size": file.stat().st_size} for file in files]}
    (folder / "objects.json").write_text(json.dumps(manifest))
    arguments = {
        "manifest": folder / "objects.json",
        "source": folder / "source",
        "output": folder / "output",
        "message": folder / "message",
        "data-date": data_date,
        "content-type": PARQUET,
    }
    featurise([f"--{name}={value}" for name, value in arguments.items()])
    return folder / "output"


def labelled(channel: Path) -> tuple[xgb.DMatrix, np.ndarray[Any, np.dtype[np.bool_]]]:
    features, labels = zip(*read_channel(channel, PARQUET), strict=True)
    label = np.concatenate(labels)
    return xgb.DMatrix(np.concatenate(features), label), label == 1


def auc_of_night(data_date: date, folder: Path) -> float:
    """Train with the default hyperparameters, early stopping included; score the holdout."""
    channels = features_of_night(data_date, folder)
    parameters = {**DEFAULTS["Hyperparameters"], "nthread": "1"}
    rounds = int(parameters.pop("num_round"))
    patience = int(parameters.pop("early_stopping_rounds"))
    booster = xgb.train(
        parameters,
        labelled(channels / "train")[0],
        num_boost_round=rounds,
        evals=[(labelled(channels / "validation")[0], "validation")],
        verbose_eval=False,
        callbacks=[xgb.callback.EarlyStopping(rounds=patience, maximize=True, save_best=True)],
    )
    holdout, positive = labelled(channels / "holdout")
    return estimate_auc(booster.predict(holdout), positive).value


def test_a_night_that_has_seen_a_raid_passes_the_gate(tmp_path: Path) -> None:
    assert auc_of_night(ACCEPTED_NIGHT, tmp_path) > DEFAULTS["AucThreshold"] + MARGIN


def test_a_night_that_trained_between_raids_is_rejected(tmp_path: Path) -> None:
    assert auc_of_night(REJECTED_NIGHT, tmp_path) < DEFAULTS["AucThreshold"] - MARGIN
