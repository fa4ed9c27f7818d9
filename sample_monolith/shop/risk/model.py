"""The credit model. It is large: loaded once a process, and only by the workers of its queue."""

from __future__ import annotations

import logging
import tempfile
from functools import lru_cache
from typing import TYPE_CHECKING

from shop import settings
from shop.common.storage import ObjectStore

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def load_model(name: str) -> InferenceSession:
    """Takes two minutes and six gigabytes with the real one."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 4
    # a file, for the model is larger than what can be loaded from memory
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        ObjectStore(settings.MODEL_BUCKET).get_file(name, file)
        file.flush()
        log.info("loading %s", name)
        return onnxruntime.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])


def default_probability(row: list[float]) -> float:
    """Of not paying within 60 days, 0 to 1."""
    import numpy

    model = load_model(settings.CREDIT_MODEL)
    batch = numpy.asarray([row], dtype=numpy.float32)
    [result] = model.run(None, {"history": batch})
    return float(result[0][0])
