"""A model that endpoints can load, for tests in which nobody scores with it."""

from __future__ import annotations

import io
import tarfile
from functools import cache

import numpy as np
import xgboost


@cache
def model_archive() -> bytes:
    """A model.tar.gz as the built-in algorithm leaves it."""
    rows = xgboost.DMatrix(np.array([[0.0], [1.0]]), np.array([0.0, 1.0]))
    model = xgboost.train({"objective": "binary:logistic"}, rows, num_boost_round=1).save_raw()
    member = tarfile.TarInfo("xgboost-model")
    member.size = len(model)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as members:
        members.addfile(member, io.BytesIO(model))
    return archive.getvalue()
