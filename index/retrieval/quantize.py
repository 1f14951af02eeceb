"""The matrix products of a float graph in 8 bits.

A product of activations and weights is computed on whole numbers: the weights are rounded column by column, the
activations by one scale for all of them, which is set beforehand on texts like those that will come, so that a text's
vector does not depend on what else is in the batch. Before that a column of the activations that is far larger than the
others is divided, and the weights that meet it are multiplied, by the same number (SmoothQuant: Xiao and others, ICML
2023).

What that rounds too coarsely, the products behind the activation function, keeps its activations: there only weights
are stored in 8 bits, with a scale for each BLOCK of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization.matmul_nbits_quantizer import (  # type: ignore[import-untyped]
    DefaultWeightOnlyQuantConfig,
    MatMulNBitsQuantizer,
)
from onnxruntime.quantization.quant_utils import QuantFormat  # type: ignore[import-untyped]

from index.retrieval.cosines import LARGEST, MIDDLE, Floats, rounded

SMOOTHING = 0.8  # how much of what is large in an activation the weights take over, 0 to 1
BLOCK = 32  # weights that share a scale: 128 gives .9990 where 32 gives .9996, for 1 MB less
SMALLEST = 1e-5
ONE, ZERO = "one", "middle"

Feeds = Mapping[str, NDArray[Any]]


def in_eight_bits(graph: onnx.ModelProto, texts: Iterable[Feeds]) -> onnx.ModelProto:
    """`graph` with its products in 8 bits; `texts` are what its inputs will be like. The graph given is used up."""
    weights = {tensor.name: tensor for tensor in graph.graph.initializer}
    products: dict[str, list[onnx.NodeProto]] = {}  # by what they multiply: one activation is rounded once
    for node in graph.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights and not _behind_activation(weights[node.input[1]]):
            products.setdefault(node.input[0], []).append(node)
    constants = [
        numpy_helper.from_array(np.array(1, np.float32), ONE),
        numpy_helper.from_array(np.array(MIDDLE, np.uint8), ZERO),
    ]
    instead: dict[str, list[onnx.NodeProto]] = {}
    for activation, largest in _largest(graph, list(products), texts).items():
        nodes = products[activation]
        matrices = [numpy_helper.to_array(weights[node.input[1]]) for node in nodes]
        divisor = _smoothing(largest, np.max([np.abs(matrix).max(axis=1) for matrix in matrices], axis=0))
        constants.append(numpy_helper.from_array(1 / divisor, f"{activation}/by"))
        first = [
            helper.make_node("Mul", [activation, f"{activation}/by"], [f"{activation}/even"]),
            helper.make_node("QuantizeLinear", [f"{activation}/even", ONE, ZERO], [f"{activation}/8"]),
        ]
        for node, matrix in zip(nodes, matrices, strict=True):
            name = node.input[1]
            whole, scale = rounded(matrix * divisor[:, None])
            constants += [
                numpy_helper.from_array(whole, f"{name}/8"),
                numpy_helper.from_array(scale, f"{name}/scale"),
            ]
            given = [f"{activation}/8", f"{name}/8", ONE, f"{name}/scale", ZERO, ZERO]
            product = helper.make_node("MatMulIntegerToFloat", given, [node.output[0]], domain="com.microsoft")
            instead[node.output[0]] = [*first, product]
            first = []
    return _with_weights_in_blocks(_replaced(graph, instead, constants))


def _behind_activation(weight: onnx.TensorProto) -> bool:
    """The product that brings a feed-forward layer back to its width."""
    return bool(weight.dims[0] > weight.dims[1])


def _largest(graph: onnx.ModelProto, activations: list[str], texts: Iterable[Feeds]) -> dict[str, Floats]:
    """The largest absolute value of each column of each activation, over all texts."""
    watched = onnx.ModelProto()
    watched.CopyFrom(graph)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in activations
    )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(watched.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found: dict[str, Floats] = {}
    for feeds in texts:
        for name, values in zip(activations, session.run(activations, dict(feeds)), strict=True):
            columns = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            found[name] = np.maximum(found[name], columns) if name in found else columns
    return found


def _smoothing(activations: Floats, weights: Floats) -> Floats:
    """What each column of the activations is divided by, so that the largest of all becomes LARGEST."""
    even = np.maximum(activations, SMALLEST) ** SMOOTHING / np.maximum(weights, SMALLEST) ** (1 - SMOOTHING)
    divisor: Floats = (even * (activations / even).max() / LARGEST).astype(np.float32)
    return divisor


def _replaced(
    graph: onnx.ModelProto, instead: Mapping[str, list[onnx.NodeProto]], constants: list[onnx.TensorProto]
) -> onnx.ModelProto:
    """`graph` with other nodes for those that give the outputs `instead`; constants that nothing reads are left out."""
    nodes = [new for node in graph.graph.node for new in instead.get(node.output[0], [node])]
    read = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in (*graph.graph.initializer, *constants) if tensor.name in read]
    del graph.graph.node[:], graph.graph.initializer[:]
    graph.graph.node.extend(nodes)
    graph.graph.initializer.extend(kept)
    if not any(used.domain == "com.microsoft" for used in graph.opset_import):
        graph.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return graph


def _with_weights_in_blocks(graph: onnx.ModelProto) -> onnx.ModelProto:
    """The products that are left, with weights in 8 bits."""
    # accuracy_level 4: the left side is rounded to 8 bits too, row by row and block by block.
    how = {"block_size": BLOCK, "is_symmetric": True, "accuracy_level": 4}
    config = DefaultWeightOnlyQuantConfig(**how, bits=8, quant_format=QuantFormat.QOperator)
    quantizer = MatMulNBitsQuantizer(graph, **how, algo_config=config)
    quantizer.process()
    made: onnx.ModelProto = quantizer.model.model
    return made
