"""The encoder for questions: what is learned, and what the export makes of it."""

import math

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from index.errors import EncoderError
from index.retrieval import export, tuning
from index.retrieval.encoder import Encoded
from index.retrieval.tuning import BATCH, REFUSING, SHARPNESS, Lesson
from index.retrieval.weights import ADAPTER, OF, PUBLISHED_SHA256, weights


def unit(row: list[float]) -> np.ndarray:
    return (np.array(row) / np.linalg.norm(row)).astype(np.float32)


def test_the_loss_by_hand() -> None:
    views, border = [torch.tensor([0.5, 0.3])], torch.tensor(0.4)
    near, far, none = (math.exp(SHARPNESS * x) for x in (0.5, 0.3, 0.4))
    first = -math.log(near / (near + far)) - REFUSING * math.log(near / (near + far + none))
    answered = tuning._loss(views, torch.tensor([True, False]), border)
    assert float(answered) == pytest.approx(first, abs=1e-4)
    refused = tuning._loss(views, torch.tensor([False, False]), border)
    assert float(refused) == pytest.approx(-REFUSING * math.log(none / (near + far + none)), abs=1e-4)


def test_the_views_of_a_document_by_hand() -> None:
    a, b = unit([1, 0]), unit([0, 1])
    passages = [Encoded(a, np.array([a, b])), Encoded(b, np.array([b]))]
    lesson = Lesson(["?"], np.array([[True, False]]), passages, [Encoded(b, b[None]), Encoded(b, b[None])], [0, 1])
    late, best_and_whole, all_three = tuning._Compared(lesson).views(torch.from_numpy(a), torch.from_numpy(a[None]))
    assert late.tolist() == [1, 0]  # the second has no word piece like it
    assert best_and_whole.tolist() == [0.5, 0]  # no unit is like it, the first passage as a whole is
    assert all_three.tolist() == pytest.approx([0.6 + 0.15, 0])


@pytest.mark.slow
def test_tuning_draws_questions_to_what_answers_them_and_is_repeated_by_the_same_lessons(tmp_path) -> None:
    reference = export._reference(weights().folder)

    def encoded(model: SentenceTransformer, texts: list[str]) -> list[Encoded]:
        return [
            Encoded(sentence.copy(), tokens[1:-1].copy())
            for sentence, tokens in export._reference_vectors(model, texts)
        ]

    texts = ["Snails eat leaves.", "Trains run on rails.", "Bread is baked."]
    questions = [
        "what is on the menu of a snail",
        "where do the carriages go",
        "how do I get a loaf",
        "who won the cup",
    ]
    golds = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], bool)
    of_passages = encoded(reference, texts)
    lesson = Lesson(questions * (BATCH // 4), np.tile(golds, (BATCH // 4, 1)), of_passages, of_passages, [0, 1, 2])

    def score(model: SentenceTransformer) -> float:
        compared = tuning._Compared(lesson)
        seen = encoded(model, questions)
        losses = [
            tuning._loss(
                compared.views(torch.from_numpy(one.sentence), torch.from_numpy(one.tokens)),
                torch.from_numpy(gold),
                torch.tensor(0.45),
            )
            for one, gold in zip(seen, golds, strict=True)
        ]
        return float(torch.stack(losses).mean())

    for name in ("one.npz", "two.npz"):
        tuning.tune(weights(), [lesson] * 8, tmp_path / name, lambda line: None)
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "two.npz") as two:
        assert set(one) == set(two)
        assert all(np.allclose(one[name], two[name], atol=1e-3) for name in one)
    assert score(export.adapted(reference, tmp_path / "one.npz")) < score(reference) / 2


def test_an_adapter_of_other_weights_is_refused(tmp_path) -> None:
    path = tmp_path / "other.npz"
    np.savez(
        path,
        **{"encoder.layer.2.output.dense.down": np.zeros((3, 2)), "encoder.layer.2.output.dense.up": np.zeros((2, 3))},
    )
    with pytest.raises(EncoderError, match="which the weights lack"):
        export.adapted(export._reference(weights().folder), path)


def test_the_adapter_is_small_and_changes_only_the_upper_layers() -> None:
    with np.load(ADAPTER, allow_pickle=False) as file:
        assert file[OF].tobytes().decode() == PUBLISHED_SHA256
        changes = {name: file[name] for name in file if name != OF}
        assert {int(name.split(".")[2]) for name in changes} == {2, 3, 4, 5}
        assert all(tuning.RANK in change.shape for change in changes.values())
        assert sum(change.size for change in changes.values()) < 500_000
