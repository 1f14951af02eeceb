"""Cosines of a few vectors with many rows: exactly, and as it is served, in 8 bits.

In 8 bits rows are a quarter of what must be read for every question, and leave the processor's cache to the encoder.
Each row has a scale of its own, what is asked too, so that nothing depends on what else is asked. What is asked is
rounded twice, to 8 bits and what that leaves to 8 more: only the rows are coarse, and they are known beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError
from index.retrieval.threads import session

LARGEST = 127
MIDDLE = 128  # stands for 0; weights too are unsigned, since products of unsigned with signed ones overflow on AVX2
Floats = NDArray[np.float32]


class Cosines(Protocol):
    def __call__(self, vectors: Floats) -> Floats:
        """Shape (m, rows), for `vectors` (m, d); these and the rows have length 1."""
        ...

    def graph(self) -> bytes:
        """What `EightBits` is made from."""
        ...


@dataclass(frozen=True)
class Exact:
    rows: Floats

    def __call__(self, vectors: Floats) -> Floats:
        found: Floats = vectors @ self.rows.T
        return found

    def graph(self) -> bytes:
        return in_eight_bits(self.rows)


class EightBits:
    """Raises EncoderError for a graph that is none."""

    def __init__(self, graph: bytes) -> None:
        self._graph = graph
        self._session = _ready(graph)

    def __call__(self, vectors: Floats) -> Floats:
        found: Floats = self._session.run(None, {"vectors": vectors})[0]
        return found

    def graph(self) -> bytes:
        return self._graph


class Among:
    """Cosines with some of many rows, given in 8 bits with each question, since they are picked for it. Raises
    EncoderError for a graph that is none."""

    def __init__(self, graph: bytes) -> None:
        self._session = _ready(graph)

    def __call__(self, rows: NDArray[np.uint8], scales: Floats, vectors: Floats) -> Floats:
        """Shape (rows, m), for rows as `rounded` makes them (n, d), their `scales` (n,), and `vectors` (m, d)."""
        found: Floats = self._session.run(None, {"rows": rows, "scales": scales[:, None], "vectors": vectors})[0]
        return found


def _ready(graph: bytes) -> Any:
    try:
        return session(graph, threads=1)  # a few vectors are too little to share out
    except Exception as e:  # onnxruntime raises errors of no common kind
        raise EncoderError(f"rows in 8 bits cannot be read ({e}); run: python -m index build") from e


def rounded(matrix: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """A matrix in 8 bits around MIDDLE, and the scale of each of its columns."""
    scale = np.maximum(np.abs(matrix).max(axis=0) / LARGEST, np.finfo(np.float32).tiny).astype(np.float32)
    return (np.round(matrix / scale) + MIDDLE).astype(np.uint8), scale


def as_served(rows: Floats) -> Floats:
    """The rows that 8 bits make of `rows`: what is learned on these is as exact when it serves."""
    whole, scales = rounded(rows.T)
    return unrounded(whole.T, scales)


def unrounded(rows: NDArray[np.uint8], scales: Floats) -> Floats:
    """Rows (n, d) again, of what `rounded` made of them as columns."""
    served: Floats = (rows.astype(np.float32) - MIDDLE) * scales[:, None]
    return served


def in_eight_bits(rows: Floats) -> bytes:
    """An ONNX graph from `vectors` to their cosines with `rows` as they are served."""
    from onnx import TensorProto, helper  # only what builds has it

    weights, scales = rounded(rows.T)
    constants = {
        "rows": weights,
        "scales": scales,
        "one": np.array(1, np.float32),
        "middle": np.array(MIDDLE, np.uint8),
        "least": np.array(np.finfo(np.float32).tiny, np.float32),
        "step": np.array(1 / LARGEST, np.float32),
        "finer": np.array(2 * LARGEST, np.float32),
        "axis": np.array([1]),
    }
    rounding = ["one", "middle"]
    product = ["both", "rows", "one", "scales", "middle", "middle"]
    nodes = [
        helper.make_node("Abs", ["vectors"], ["absolute"]),
        helper.make_node("ReduceMax", ["absolute", "axis"], ["most"]),
        helper.make_node("Max", ["most", "least"], ["largest"]),
        helper.make_node("Mul", ["largest", "step"], ["scale"]),
        helper.make_node("Div", ["vectors", "scale"], ["even"]),
        helper.make_node("QuantizeLinear", ["even", *rounding], ["coarse"]),
        helper.make_node("DequantizeLinear", ["coarse", *rounding], ["nearly"]),
        helper.make_node("Sub", ["even", "nearly"], ["rest"]),
        helper.make_node("Mul", ["rest", "finer"], ["enlarged"]),
        helper.make_node("QuantizeLinear", ["enlarged", *rounding], ["fine"]),
        helper.make_node("Concat", ["coarse", "fine"], ["both"], axis=0),
        helper.make_node("MatMulIntegerToFloat", product, ["products"], domain="com.microsoft"),
        helper.make_node("Split", ["products"], ["most_of_it", "rest_of_it"], axis=0, num_outputs=2),
        helper.make_node("Div", ["rest_of_it", "finer"], ["little"]),
        helper.make_node("Add", ["most_of_it", "little"], ["scaled"]),
        helper.make_node("Mul", ["scaled", "scale"], ["cosines"]),
    ]
    return _graph(nodes, {"vectors": (TensorProto.FLOAT, ["m", rows.shape[1]])}, ["m", len(rows)], constants)


def among(d: int) -> bytes:
    """An ONNX graph from `rows` in 8 bits (n, d), their `scales` (n, 1) and `vectors` (m, d) to their cosines (n, m).

    Here what is asked is rounded once: the rows are as coarse, and many."""
    from onnx import TensorProto, helper

    nodes = [
        helper.make_node("Transpose", ["vectors"], ["columns"]),
        helper.make_node("DynamicQuantizeLinear", ["columns"], ["asked", "step", "zero"]),
        helper.make_node("MatMulInteger", ["rows", "asked", "middle", "zero"], ["whole"]),
        helper.make_node("Cast", ["whole"], ["products"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["products", "scales"], ["scaled"]),
        helper.make_node("Mul", ["scaled", "step"], ["cosines"]),
    ]
    given: dict[str, tuple[int, list[str | int]]] = {
        "rows": (TensorProto.UINT8, ["n", d]),
        "scales": (TensorProto.FLOAT, ["n", 1]),
        "vectors": (TensorProto.FLOAT, ["m", d]),
    }
    return _graph(nodes, given, ["n", "m"], {"middle": np.array(MIDDLE, np.uint8)})


def _graph(
    nodes: list[Any],
    given: Mapping[str, tuple[int, Sequence[str | int]]],
    shape: Sequence[str | int],
    constants: Mapping[str, object],
) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        nodes,
        "cosines",
        [helper.make_tensor_value_info(name, kind, size) for name, (kind, size) in given.items()],
        [helper.make_tensor_value_info("cosines", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in constants.items()],
    )
    versions = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    made: bytes = helper.make_model(graph, opset_imports=versions, ir_version=9).SerializeToString()
    return made
