"""What judges and promises, against numbers worked out by hand or another way."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom

from corpus.questions import TOPICS
from index.judging import calibration, features, judge, promise, recipe
from index.judging.calibration import Logistic
from index.judging.features import ANSWERING, RANKING, Asked, Lexicon
from index.judging.promise import PROMISE


def test_seventy_four_refusals_are_the_fewest_that_promise_four_per_cent() -> None:
    # No error seen in n: .96 ** n <= .05. .96 ** 73 = .0508, .96 ** 74 = .0488.
    assert 0.96**73 > 0.05 > 0.96**74
    assert promise.answering_bar([0.1] * 73, 0.04, 0.95) is None
    assert promise.answering_bar([], 0.04, 0.95) is None
    # The loudest of 74 stays below the bar, and the bar is the next number above it.
    scores = [0.7, *[0.1] * 73]
    assert promise.answering_bar(scores, 0.04, 0.95) == np.nextafter(0.7, 1)


def test_the_bar_by_hand_for_two_hundred_refusals() -> None:
    # Binomial of 200 at .04: P(at most 2 pass) = .0125, P(at most 3) = .0395, P(at most 4) = .0950.
    chances = [sum(float(binom.pmf(k, 200, 0.04)) for k in range(most + 1)) for most in (2, 3, 4)]
    assert chances == pytest.approx([0.0125, 0.0395, 0.0950], abs=5e-5)
    scores = np.arange(200) / 200  # .995, .99, .985, .98, …: three may pass
    bar = promise.answering_bar(scores[::-1], 0.04, 0.95)
    assert bar == np.nextafter(scores[-4], 1)
    assert (scores >= bar).sum() == 3


@pytest.mark.parametrize("n", [100, 300, 1000])
def test_no_more_pass_than_the_exact_bound_allows_and_one_more_would_be_too_many(n) -> None:
    scores = np.random.default_rng(n).random(n)
    bar = promise.answering_bar(scores, PROMISE.false_answers, PROMISE.confidence)
    assert bar is not None
    passing = int((scores >= bar).sum())
    assert binom.cdf(passing, n, PROMISE.false_answers) <= 1 - PROMISE.confidence
    assert binom.cdf(passing + 1, n, PROMISE.false_answers) > 1 - PROMISE.confidence


def test_the_promise_is_kept_in_nineteen_of_twenty_worlds() -> None:
    """The share of a true, known population that passes the bar made from 300 of it."""
    random = np.random.default_rng(0)
    broken = 0
    for _ in range(1000):
        bar = promise.answering_bar(random.random(300), 0.04, 0.95)
        assert bar is not None
        broken += 1 - bar > 0.04  # uniform scores: the share above a bar b is 1 - b
    assert broken / 1000 <= 0.07


def _features(asked, table, scores, best, lexicon, rivals=features.NONE):
    topics = features.TopicMap(
        np.zeros((len(table), len(TOPICS)), np.float32), np.zeros((len(table), len(TOPICS)), np.float32)
    )
    nothing = features.Remembered(
        np.zeros(len(table), np.float32), np.zeros(len(table), np.float32), np.zeros(3, np.float32),
        np.zeros(len(TOPICS), np.float32),
    )  # fmt: skip
    read = features.answering(asked, table, scores, best, lexicon, nothing.topics, topics, nothing, rivals)
    return dict(zip(ANSWERING, read.tolist(), strict=True))


def test_the_first_passage_must_stand_out_among_those_of_other_documents_as_among_its_own(index) -> None:
    """One document, and the same in two halves that are rivals."""
    random = np.random.default_rng(0)
    passages = index.judges[0].passages[:8]
    table = random.random((8, 3)).astype(np.float32)
    scores = random.normal(size=8).astype(np.float32)
    best = random.random((5, 8)).astype(np.float32)
    asked = Asked.of("who may have a transplant")
    whole = _features(asked, table, scores, best, Lexicon.of(passages))
    first = int(np.argmax(scores))
    for size in (1, 3, 7):
        own = np.sort([first, *[i for i in range(8) if i != first][: size - 1]])
        rest = np.setdiff1d(np.arange(8), own)
        rivals = features.Rivals.of([(scores[rest], table[rest])])
        part = _features(asked, table[own], scores[own], best[:, own], Lexicon.of([passages[i] for i in own]), rivals)
        for name in ("lead", "lead_late", "lead_sentence", "share", "late"):
            assert part[name] == pytest.approx(whole[name], abs=1e-6), name
    alone = _features(asked, table[:1], scores[:1], best[:, :1], Lexicon.of(passages[:1]))
    assert (alone["lead"], alone["lead_late"], alone["share"]) == (0, 0, 1)


# The kernel


def test_a_logistic_by_hand_and_by_fitting() -> None:
    assert Logistic(np.array([2.0, -1.0]), 0.5)(np.array([1.0, 2.5])) == pytest.approx(0.5)
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 2))
    right = x[:, 0] + 0.3 * random.normal(size=400) > 0
    fitted = calibration.fit(x, right)
    assert fitted(np.array([3.0, 0])) > 0.95
    assert fitted(np.array([-3.0, 0])) < 0.05
    assert Logistic.of(fitted.row())(x[0]) == fitted(x[0])


def test_a_fit_is_drawn_to_its_prior() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(60, 2))
    right = x[:, 0] + random.normal(size=60) > 0
    prior = Logistic(np.array([-1.0, 2.0]), 0.3)
    ones = np.ones(2)
    np.testing.assert_allclose(calibration.fit(x, right, 1e7, prior, ones).weights, prior.weights, atol=1e-3)
    loose, alone = (calibration.fit(x, right, 1e-6, given, ones).weights for given in (prior, None))
    np.testing.assert_allclose(loose, alone, atol=1e-2)
    between = calibration.fit(x, right, 10.0, prior, ones).weights
    assert -1 < between[0] < alone[0]


def test_a_fit_with_a_prior_is_the_most_probable_one() -> None:
    """The same penalised likelihood, written out without centring and minimised by another method."""
    random = np.random.default_rng(3)
    x = random.normal(2, 3, size=(80, 2))
    right = x @ [0.7, -0.4] + random.normal(size=80) > 0
    prior, scale, strength = Logistic(np.array([0.5, 0.5]), 0.0), np.array([2.0, 0.5]), 5.0

    def loss(v: np.ndarray) -> float:
        margin = np.where(right, 1, -1) * (x @ v[:2] + v[2])
        return float(np.logaddexp(0, -margin).sum() + strength / 2 * (((v[:2] - prior.weights) * scale) ** 2).sum())

    exact = {"maxiter": 5000, "xatol": 1e-7, "fatol": 1e-9}
    wanted = minimize(loss, np.zeros(3), method="Nelder-Mead", options=exact).x
    fitted = calibration.fit(x, right, strength, prior, scale)
    np.testing.assert_allclose([*fitted.weights, fitted.bias], wanted, atol=1e-3)


def test_one_class_alone_cannot_be_fitted() -> None:
    with pytest.raises(ValueError, match="3 examples, all of one class"):
        calibration.fit(np.zeros((3, 1)), np.ones(3, bool))


# The judge


def test_the_stored_weights_are_those_of_the_features_and_no_others() -> None:
    stored = json.loads(judge.WEIGHTS.read_text(encoding="utf-8"))
    assert tuple(stored["ranking"]) == RANKING
    assert tuple(stored["answering"]) == ANSWERING
    assert len(set(ANSWERING)) == len(ANSWERING)
    assert all(set(row) == {"answers", "near", "scale"} for row in stored["answering"].values())
    assert 0 < stored["bar"] < 1
    assert judge.general().rank.shape == (len(RANKING),)
    assert judge.general().answers.weights.shape == (len(ANSWERING),)


def test_what_is_covered_by_hand() -> None:
    asked = Asked.of("How many transplants?")
    assert (asked.stems, asked.number, asked.how) == (("transplant",), True, True)
    assert asked.covered(frozenset({"transplant"})) == 1
    assert asked.covered(frozenset()) == 0
    assert Asked.of("what is it").covered(frozenset()) == 1  # it asks for no word
    two = Asked(("common", "rare"), np.array([0.25, 0.75], np.float32), False, False)
    assert two.covered(frozenset({"rare"})) == 0.75


def test_a_lexicon_holds_headings_too(index) -> None:
    passages = index.judges[0].passages
    lexicon = Lexicon.of(passages)
    assert len(lexicon.passages) == len(passages)
    assert lexicon.document == frozenset().union(*lexicon.passages)
    assert features.stem("transplants") in lexicon.document


def test_what_was_left_out_is_counted_by_kind() -> None:
    def case(label: str, kind: str) -> SimpleNamespace:
        return SimpleNamespace(example=SimpleNamespace(label=label, kind=kind))

    refused = [(case("out", "far"), n / 20, False) for n in range(20)]
    asked = [(case("answer", "typo"), 0.95, True), (case("answer", "plain"), 0.92, True)]
    found = [*refused, *asked, (case("answer", "plain"), 0.97, False), (case("partial", "plain"), 0.3, True)]
    assert recipe.counts(found, 0.94) == {
        "false_answer": (1, 20),  # .95
        "partial_as_answer": (0, 1),
        "right_first": (1, 3),
        "right_first_at_5pc_false": (2, 3),  # above .90 lies one refused of twenty
        "right_first_before_the_bar": (2, 3),
        "false_answer, far": (1, 20),
        "partial_as_answer, plain": (0, 1),
        "right_first, plain": (0, 2),
        "right_first, typo": (1, 1),
        "right_first_before_the_bar, plain": (1, 2),
        "right_first_before_the_bar, typo": (1, 1),
    }
