"""Products in 8 bits: by hand, beside the float ones, and in any company."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from index.retrieval import cosines, quantize

LEFT = np.array([[1.0, -20.0, 0.5], [0.25, 10.0, -1.0]], np.float32)
RIGHT = np.array([[0.5, -1.0, 0.1], [0.02, 0.01, -0.01], [-0.25, 1.0, 0.3]], np.float32)


def graph_of(*matrices: np.ndarray) -> onnx.ModelProto:
    """x times each of the matrices: outputs y0, y1, …"""
    names = [f"y{i}" for i in range(len(matrices))]
    shapes = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "m"]) for name in names]
    made = helper.make_graph(
        [helper.make_node("MatMul", ["x", f"w{i}"], [name]) for i, name in enumerate(names)],
        "products",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", len(matrices[0])])],
        shapes,
        [numpy_helper.from_array(matrix, f"w{i}") for i, matrix in enumerate(matrices)],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def run(graph: onnx.ModelProto, left: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = session.run(None, {"x": left})
    return found


def test_a_column_that_is_far_larger_is_made_even_by_hand() -> None:
    """Weights of 1 in every row: each column is divided by its largest value to the power of SMOOTHING, and all by what
    makes the largest of them LARGEST."""
    divisor = quantize._smoothing(np.array([1, 20, 1], np.float32), np.ones(3, np.float32))
    assert divisor == pytest.approx(np.array([1, 20**0.8, 1]) * 20**0.2 / 127)
    assert (np.array([1, 20, 1]) / divisor).max() == pytest.approx(quantize.LARGEST)


def test_weights_are_rounded_column_by_column_by_hand() -> None:
    rounded, scale = cosines.rounded(np.array([[1, -0.5], [-0.25, 0.1]], np.float32))
    assert scale == pytest.approx([1 / 127, 0.5 / 127])
    assert rounded.tolist() == [[128 + 127, 128 - 127], [128 - 32, 128 + 25]]  # 31.75 and 25.4


def test_products_in_eight_bits_are_nearly_those_of_floats_and_share_what_they_multiply() -> None:
    made = quantize.in_eight_bits(graph_of(RIGHT, -2 * RIGHT), [{"x": LEFT}])
    kinds = [node.op_type for node in made.graph.node]
    assert kinds.count("QuantizeLinear") == 1
    assert kinds.count("MatMulIntegerToFloat") == 2
    for found, matrix in zip(run(made, LEFT), (RIGHT, -2 * RIGHT), strict=True):
        np.testing.assert_allclose(found, LEFT @ matrix, atol=0.02 * np.abs(LEFT @ matrix).max())


def test_a_row_does_not_depend_on_what_else_is_in_the_batch() -> None:
    made = quantize.in_eight_bits(graph_of(RIGHT), [{"x": LEFT}])
    [together], [alone] = run(made, np.vstack([LEFT, 5 * LEFT])), run(made, LEFT[1:])
    np.testing.assert_array_equal(together[1], alone[0])


def test_the_largest_numbers_in_all_places_do_not_overflow() -> None:
    ones = np.ones((64, 64), np.float32)
    made = quantize.in_eight_bits(graph_of(ones), [{"x": ones[:2]}])
    [found] = run(made, ones[:2])
    np.testing.assert_allclose(found, 64, rtol=1e-4)


def test_what_is_behind_the_activation_function_keeps_its_activations() -> None:
    tall = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)
    made = quantize.in_eight_bits(graph_of(tall), [])
    assert [node.op_type for node in made.graph.node] == ["MatMulNBits"]
