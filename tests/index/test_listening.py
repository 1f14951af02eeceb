"""The kernel and what listens with it: danger, feelings and topics."""

import json
from dataclasses import replace

import numpy as np
import pytest

from index.errors import EncoderError
from index.judging import kernel, listener
from index.judging.listener import ASKS, LEARNED, Message, read_lessons
from index.judging.promise import PROMISE
from index.judging.wording import Floats
from index.retrieval.cosines import as_served


def unit_rows(random: np.random.Generator, rows: int, d: int = 16) -> Floats:
    """Rows that 8 bits, in which they are stored, hold exactly enough."""
    made = random.normal(size=(rows, d)).astype(np.float32)
    return as_served(made / np.linalg.norm(made, axis=1, keepdims=True))


# The promise


def test_leaving_one_out_equals_fitting_without_it() -> None:
    """With every word in every text, its weight does not change when one text is gone."""
    random = np.random.default_rng(0)
    rows, texts = unit_rows(random, 30), ["the same words"] * 30
    targets = random.random((30, 3)).astype(np.float32)
    full, left_out = kernel.fit(rows, texts, targets)
    for one in (0, 4, 29):
        kept = [i for i in range(30) if i != one]
        without, _ = kernel.fit(rows[kept], [texts[i] for i in kept], targets[kept])
        again = without.predict(rows[[one]], [texts[one]])
        np.testing.assert_allclose(again.scores[0], left_out.scores[one], atol=2e-3)
        assert again.reach[0] == pytest.approx(float(left_out.reach[one]), abs=1e-4)
    seen = full.predict(rows, texts).scores
    assert np.abs(seen - targets).mean() < np.abs(left_out.scores - targets).mean()


def test_folded_says_the_same_while_every_example_is_a_landmark_and_nearly_with_half_of_them() -> None:
    random = np.random.default_rng(2)
    rows, texts = unit_rows(random, 60, 4), [f"word{i % 7} word{i % 5} common" for i in range(60)]
    targets = (rows[:, :2] > 0).astype(np.float32)
    asked, words = unit_rows(random, 10, 4), [f"word{i} common unheard" for i in range(10)]
    whole, _ = kernel.fit(rows, texts, targets)
    expected = whole.predict(asked, words).scores
    everything, alone = [(np.arange(60), targets)], np.arange(60)
    folded, _ = kernel.fit_folded(rows, texts, everything, alone, 60)
    np.testing.assert_allclose(folded.predict(asked, words), expected, atol=5e-3)
    half, _ = kernel.fit_folded(rows, texts, everything, alone, 30)
    assert len(half.shares) == 30
    assert np.corrcoef(half.predict(asked, words).ravel(), expected.ravel())[0, 1] > 0.95
    again = kernel.Folded.from_arrays(folded.arrays())  # stored in half precision and in 8 bits
    np.testing.assert_allclose(again.predict(asked, words), folded.predict(asked, words), atol=5e-3)


def test_a_group_that_is_left_out_is_predicted_as_if_it_had_never_been_there() -> None:
    random = np.random.default_rng(4)
    rows, targets = unit_rows(random, 30), random.random((30, 2)).astype(np.float32)
    texts, groups = ["the same words"] * 30, np.arange(30) // 4
    _, [left_out] = kernel.fit_folded(rows, texts, [(np.arange(30), targets)], groups, 30)
    for group in set(groups.tolist()):
        out = groups == group
        without, _ = kernel.fit(rows[~out], texts[:1] * int((~out).sum()), targets[~out])
        alone = without.predict(rows[out], texts[:1] * int(out.sum())).scores
        np.testing.assert_allclose(left_out[out], alone, atol=5e-3)


def test_tasks_are_learned_each_from_its_own_examples() -> None:
    random = np.random.default_rng(5)
    rows, texts = unit_rows(random, 40), [f"word{i % 7} word{i % 5}" for i in range(40)]
    first, second = random.random((40, 2)).astype(np.float32), random.random((15, 1)).astype(np.float32)
    some = np.arange(0, 30, 2)
    both, _ = kernel.fit_folded(rows, texts, [(np.arange(40), first), (some, second)], np.arange(40), 40)
    one, _ = kernel.fit_folded(rows, texts, [(np.arange(40), first)], np.arange(40), 40)
    other, _ = kernel.fit_folded(rows, texts, [(some, second)], np.arange(40), 40)
    apart = np.hstack([one.predict(rows, texts), other.predict(rows, texts)])
    np.testing.assert_allclose(both.predict(rows, texts), apart, atol=1e-5)


def test_a_term_of_a_single_example_is_left_out_of_what_is_folded() -> None:
    rows = unit_rows(np.random.default_rng(3), 4)
    texts, all_four = ["we walk", "we swim", "we walk", "we sing"], np.arange(4)
    folded, _ = kernel.fit_folded(rows, texts, [(all_four, np.eye(4, dtype=np.float32))], all_four, 4)
    assert {"we", "walk", "we walk"} <= set(folded.terms.vocabulary)
    assert not {"swim", "we sing"} & set(folded.terms.vocabulary)
    assert folded.terms.rarest == pytest.approx(np.log(5 / 2) + 1)  # smooth idf of one in four


def test_with_other_words_leaving_one_out_is_close() -> None:
    # The words' weights are counted anew without the example, so the two agree closely, not exactly.
    random = np.random.default_rng(0)
    rows, texts = unit_rows(random, 30), [f"word{i % 7} word{i % 5} common" for i in range(30)]
    targets = random.random((30, 3)).astype(np.float32)
    _, left_out = kernel.fit(rows, texts, targets)
    kept = [i for i in range(30) if i != 4]
    without, _ = kernel.fit(rows[kept], [texts[i] for i in kept], targets[kept])
    np.testing.assert_allclose(without.predict(rows[[4]], [texts[4]]).scores[0], left_out.scores[4], atol=0.05)


def test_a_matrix_is_factored_block_by_block_as_it_is_whole(monkeypatch) -> None:
    monkeypatch.setattr(kernel, "COLUMNS", 7)
    rows = np.random.default_rng(6).normal(size=(30, 40)).astype(np.float32)
    gram = rows @ rows.T
    np.testing.assert_allclose(kernel._factor(gram.copy().T), np.linalg.cholesky(gram), atol=1e-4)
    with pytest.raises(ValueError, match="not positive definite"):
        kernel._solved(np.full((30, 30), 9, np.float32), np.ones((30, 1), np.float32))


def test_two_examples_by_hand() -> None:
    # Cosine 0 and no word shared: k(a, b) = e^-2.5, k(a, a) = 2; the target of b is 0.
    rows = np.eye(2, dtype=np.float32)
    model, left_out = kernel.fit(rows, ["aaa", "bbb"], np.array([[1], [0]], np.float32))
    near, ridge = np.exp(-2.5), 2 + kernel.RIDGE
    weights = np.linalg.solve([[ridge, near], [near, ridge]], [1, 0])
    np.testing.assert_allclose(model.weights[:, 0], weights, atol=1e-6)
    found = model.predict(rows[:1], ["aaa"])
    assert found.scores[0, 0] == pytest.approx(2 * weights[0] + near * weights[1], abs=1e-5)
    assert found.reach[0] == pytest.approx((2 + near) / kernel.NEAREST, abs=1e-5)
    # Without a, b alone predicts 0; without b, a alone predicts near / ridge.
    np.testing.assert_allclose(left_out.scores[:, 0], [0, near / ridge], atol=1e-6)


def test_a_kernel_comes_back_from_its_arrays_the_same() -> None:
    random = np.random.default_rng(0)
    rows, texts = unit_rows(random, 10), [f"text number {i}" for i in range(10)]
    model, _ = kernel.fit(rows, texts, random.random((10, 2)).astype(np.float32))
    again = kernel.KernelRidge.from_arrays(model.arrays())
    one, other = model.predict(rows[:1], ["text two"]), again.predict(rows[:1], ["text two"])
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-4)
    np.testing.assert_allclose(one.reach, other.reach, atol=1e-4)


def test_reach_of_few_and_of_none_by_hand() -> None:
    assert kernel.reach_of(np.array([[1.0, 0.5]], np.float32))[0] == pytest.approx(1.5 / 5)
    assert kernel.reach_of(np.array([[1, 1, 1, 1, 1, 0.1, 0.2]], np.float32))[0] == pytest.approx(1)
    assert kernel.reach_of(np.zeros((2, 0), np.float32)).tolist() == [0, 0]


# The logistic


def test_what_the_program_was_taught_is_whole() -> None:
    messages = read_lessons()
    assert len({message.text for message in messages if not message.topic}) > 1000
    assert any(message.danger for message in messages)
    assert not any(message.danger and message.topic for message in messages)


def test_of_a_dangerous_message_one_window_is_learned_from_and_of_a_calm_one_the_loudest() -> None:
    owners, scores = (
        np.repeat([0, 1, 2], [3, listener.LOUD + 2, 1]),
        np.array([1, 3, 2, *range(listener.LOUD + 2), 0.5]),
    )
    kept = listener._telling(scores, owners, np.array([True, False, True]))
    assert kept.tolist() == [1, *range(5, 5 + listener.LOUD), 5 + listener.LOUD]


def test_a_message_rings_from_the_share_of_calm_ones_that_was_promised() -> None:
    """100 of one window with loudness 0 to .99, 100 of five windows that are louder by .2: of each the same share."""
    short = [Message(f"This is story {i}.") for i in range(100)]
    told = [Message(f"One. Two. This is story {i}.") for i in range(100)]
    others = [Message("He is not breathing.", danger=True), Message("What is it?", feeling=ASKS)]
    loudness = [*(i / 100 for i in range(100)), *(0.2 + i / 100 for i in range(100)), 5.0, 5.0]
    base, slope = listener.rings_from([*short, *told, *others], loudness)
    share = 100 * PROMISE.false_alarms
    assert sum(loud > base for loud in loudness[:100]) == pytest.approx(share, abs=1)
    assert sum(loud > base + slope * np.log(5) for loud in loudness[100:200]) == pytest.approx(share, abs=1)
    assert slope == pytest.approx(0.2 / np.log(5), abs=0.01)
    quiet, loud = (np.full((5, listener.TOLD), loudness, np.float32) for loudness in (0.3, 1.2))
    made = replace(listener.learned(), rings_from=(base, slope))
    assert (made.heard(quiet).urgent, made.heard(loud).urgent) == (False, True)
    assert json.dumps(made.heard(loud).urgent) == "true"  # it is sent as it is
    assert listener.rings_from(others, [5.0, 5.0]) == (np.inf, 0.0)


@pytest.mark.parametrize("damage", [b"", b"no arrays", LEARNED.read_bytes()[:5000]])
def test_a_damaged_listener_is_named(tmp_path, damage) -> None:
    (tmp_path / "listener.npz").write_bytes(damage)
    with pytest.raises(EncoderError, match=r"listener\.npz: cannot be read .*expected what python -m index fit writes"):
        listener.learned(tmp_path / "listener.npz")


def test_the_listener_comes_back_from_its_file_the_same(tmp_path) -> None:
    made = listener.learned()
    listener.write(made, tmp_path / "listener.npz")
    again = listener.learned(tmp_path / "listener.npz")
    rows, texts = unit_rows(np.random.default_rng(0), 2, 384), ["he fell and won't wake", "hello"]
    assert again.rings_from == made.rings_from
    np.testing.assert_array_equal(again.listen(rows, texts), made.listen(rows, texts))
