"""Scores against brute force and against values worked out by hand."""

import numpy as np
import pytest

from corpus import Role
from index import build
from index.errors import EncoderError
from index.judging import memory
from index.retrieval import pieces, similarity, vectors
from index.retrieval.cosines import Among, EightBits, Exact, among, as_served, in_eight_bits, rounded
from index.retrieval.encoder import PASSAGE_GRAPH, OnnxEncoder
from index.retrieval.encodings import in_context
from index.retrieval.lexical import Lexical
from index.retrieval.pieces import best_matches
from index.retrieval.similarity import DENSE, LATE, SENTENCE, Table
from index.storage import store


def unit_rows(random, rows: int, d: int = 16) -> np.ndarray:
    made = random.normal(size=(rows, d)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_faiss_finds_what_brute_force_finds() -> None:
    random = np.random.default_rng(1)
    rows, questions = unit_rows(random, 200), unit_rows(random, 20)
    index = vectors.build(rows)
    for question in questions:
        scores, found = vectors.search(index, question, 10)
        exact = rows @ question
        assert found.tolist() == np.argsort(-exact, kind="stable")[:10].tolist()
        np.testing.assert_allclose(scores, np.sort(exact)[::-1][:10], atol=1e-6)


def test_a_vector_scores_one_with_itself_and_ties_go_by_row() -> None:
    rows = np.eye(4, dtype=np.float32)[[0, 1, 1, 2]]
    scores, found = vectors.search(vectors.build(rows), rows[1], 3)
    assert found.tolist()[:2] == [1, 2]
    np.testing.assert_allclose(scores, [1, 1, 0], atol=1e-6)


def test_many_rows_are_searched_in_part_and_nearly_all_of_the_nearest_are_found() -> None:
    random = np.random.default_rng(2)
    topics = unit_rows(random, 300)
    made = topics[random.integers(300, size=vectors.EXACT + 1)] + 0.1 * random.normal(size=(vectors.EXACT + 1, 16))
    rows = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    index = vectors.build(rows)
    assert index.nprobe <= index.nlist / 4
    found = [set(vectors.search(index, question, 10)[1].tolist()) for question in rows[:50]]
    exact = [set(np.argsort(-(rows @ question))[:10].tolist()) for question in rows[:50]]
    assert np.mean([len(a & b) / 10 for a, b in zip(found, exact, strict=True)]) > 0.95
    np.testing.assert_allclose(index.reconstruct(7), rows[7], atol=1e-3)


def test_where_parting_does_not_help_search_stays_exact() -> None:
    index = vectors.build(unit_rows(np.random.default_rng(3), vectors.EXACT + 1, 64))  # no rows are near one another
    assert not hasattr(index, "nprobe")


@pytest.mark.parametrize("bad", [np.zeros((0, 3)), np.zeros(3)])
def test_an_index_needs_rows(bad) -> None:
    with pytest.raises(ValueError, match="expected \\(rows, d\\)"):
        vectors.build(bad)


def test_late_interaction_by_hand() -> None:
    # The two pieces match best .8 and 1 in A, 0 and .6 in B.
    question = np.array([[0.8, 0.6], [1, 0]], np.float32)
    a, b = np.array([[1, 0]], np.float32), np.array([[-0.6, 0.8], [0.6, -0.8]], np.float32)
    best = best_matches(np.concatenate([a, b]) @ question.T, np.array([0, 1]))
    np.testing.assert_allclose(best, [[0.8, 0], [1, 0.6]], atol=1e-6)


def test_cosines_in_8_bits_are_nearly_the_exact_ones_whatever_else_is_asked() -> None:
    random = np.random.default_rng(0)
    rows = unit_rows(random, 500, 384)
    asked = unit_rows(random, 3, 384) + rows[:3]
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    rounded = EightBits(Exact(rows).graph())
    np.testing.assert_allclose(rounded(asked), asked @ rows.T, atol=5e-3)
    np.testing.assert_allclose(rounded(asked), asked @ as_served(rows).T, atol=5e-5)
    np.testing.assert_array_equal(rounded(asked)[1:2], rounded(asked[1:2]))
    again = EightBits(rounded.graph())
    np.testing.assert_array_equal(again(asked), rounded(asked))


def test_rows_in_8_bits_that_are_damaged_are_said_to_be() -> None:
    with pytest.raises(EncoderError, match=r"rows in 8 bits cannot be read .*run: python -m index build"):
        EightBits(in_eight_bits(np.eye(2, dtype=np.float32))[:40])


def test_cosines_in_8_bits_by_hand() -> None:
    rows = np.array([[1, 0], [0.6, -0.8]], np.float32)
    found = EightBits(in_eight_bits(rows))(np.array([[0.6, 0.8], [0, 0]], np.float32))
    # 0.6 is 95.25 steps of 0.8 / 127, of which a row keeps 95; nothing is like a row of zeros.
    np.testing.assert_allclose(found, [[0.6, 0.6 * 95 * 0.8 / 127 - 0.64], [0, 0]], atol=2e-5)


def test_what_was_not_looked_at_matches_nowhere() -> None:
    table = Table(np.arange(12, dtype=np.float32).reshape(4, 3), np.array([[0.5, 0.25]], np.float32), np.array([1, 3]))
    for rows, best in (([0, 1], [-1, 0.5]), ([2, 3], [-1, 0.25]), ([0, 1, 2, 3], [-1, 0.5, -1, 0.25])):
        scores, found = table.of(np.array(rows))
        assert scores[:, 0].tolist() == [3.0 * row for row in rows]
        assert found.tolist() == [best]


def test_rows_that_are_picked_for_a_question_are_compared_in_8_bits() -> None:
    random = np.random.default_rng(4)
    rows, asked = unit_rows(random, 700, 384), unit_rows(random, 9, 384)
    columns, scales = rounded(rows.T)
    picked = random.permutation(700)[:120]
    found = Among(among(384))(np.ascontiguousarray(columns.T[picked]), scales[picked], asked)
    np.testing.assert_allclose(found, rows[picked] @ asked.T, atol=6e-3)
    with pytest.raises(EncoderError, match=r"rows in 8 bits cannot be read .*run: python -m index build"):
        Among(among(384)[:40])


def test_word_pieces_of_few_passages_and_of_picked_ones_match_as_brute_force_has_it(monkeypatch) -> None:
    random = np.random.default_rng(5)
    lengths = random.integers(1, 30, size=40)
    ends = np.cumsum(lengths)
    rows, asked = unit_rows(random, int(ends[-1]), 64), unit_rows(random, 5, 64)
    columns, scales = rounded(rows.T)
    picked = np.array([3, 4, 20, 39])
    starts = pieces.starts_of(ends)
    exact = [[(rows[starts[i] : ends[i]] @ one).max() for i in picked] for one in asked]
    for few in (40, 39):
        monkeypatch.setattr(pieces, "FEW", few)
        graph = pieces.graph_of(columns.T, scales, len(ends))
        made = pieces.Pieces(np.ascontiguousarray(columns.T), scales, starts, ends, graph)
        np.testing.assert_allclose(made.best_matches(asked, picked), exact, atol=1e-2)


def test_among_many_passages_what_is_far_counts_as_far_as_the_last_that_was_found(index, monkeypatch, tmp_path) -> None:
    """At -1, which no cosine of two texts comes near, a judge would think the rest of a document nowhere near."""
    question = "When is a transplant done?"
    [encoded] = index.encoder.encode([question])
    whole = index.similarities.table(question, encoded)
    for module in (pieces, similarity):
        monkeypatch.setattr(module, "FEW", 10)
    monkeypatch.setattr(similarity, "NEAREST_ROWS", 12)
    monkeypatch.setattr(similarity, "NEAREST_WORDS", 4)
    build.encode_passages(
        tmp_path, index.similarities.passages, OnnxEncoder(store.current(build.BUILT), file=PASSAGE_GRAPH)
    )
    table = build.read_similarities(tmp_path, index.documents).table(question, encoded)
    assert 3 < len(table.looked_at) < len(whole.looked_at)
    np.testing.assert_allclose(table.scores[table.looked_at, LATE], whole.scores[table.looked_at, LATE], atol=1e-2)
    others = np.setdiff1d(whole.looked_at, table.looked_at)
    for column in (DENSE, SENTENCE, LATE):
        assert np.ptp(table.scores[others, column]) == 0
        assert (table.scores[:, column] >= table.scores[others[0], column]).all()
        assert table.scores[others[0], column] > 0
    assert (whole.scores[others, SENTENCE] <= table.scores[others, SENTENCE] + 1e-4).all()


def test_bm25_prefers_the_rarer_word_and_knows_stems() -> None:
    lexical = Lexical(["transplants and drugs", "drugs again", "drugs here"])
    scores = lexical.scores("a transplant")
    assert scores[0] > 0
    assert scores[1] == scores[2] == 0
    assert lexical.scores("zebra").tolist() == [0, 0, 0]
    assert lexical.scores("").tolist() == [0, 0, 0]


def test_the_table_holds_the_exact_cosines(index) -> None:
    question = "When is a transplant done?"
    [encoded] = index.encoder.encode([question])
    of_passages = OnnxEncoder(store.current(build.BUILT), file=PASSAGE_GRAPH)
    table = index.similarities.table(question, encoded).scores
    for row, passage in list(enumerate(index.similarities.passages))[:12]:
        [whole] = of_passages.encode([in_context(passage)])
        units = list(of_passages.encode([passage.document.slice(unit) for unit in passage.units]))
        assert table[row, DENSE] == pytest.approx(float(whole.sentence @ encoded.sentence), abs=1e-4)
        best = max(float(unit.sentence @ encoded.sentence) for unit in units)
        assert table[row, SENTENCE] == pytest.approx(best, abs=1e-4)
        late = best_matches(whole.tokens @ encoded.tokens.T, np.array([0])).mean()
        assert table[row, LATE] == pytest.approx(late, abs=3e-3)  # compared in 8 bits


def test_vectors_have_length_one_and_do_not_depend_on_the_batch(index) -> None:
    texts = ["short", "a rather longer question about stem cell transplants and who may have one", ""]
    together = list(index.encoder.encode(texts))
    for text, encoded in zip(texts, together, strict=True):
        [alone] = index.encoder.encode([text])
        np.testing.assert_allclose(encoded.sentence, alone.sentence, atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(encoded.tokens, axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(encoded.tokens, alone.tokens, atol=1e-5)


def test_one_vector_a_word_piece_no_marker_and_no_more_than_the_longest(index) -> None:
    one, none, long = index.encoder.encode(["kymriah", "", "word " * 1000])
    assert len(one.tokens) == 4  # ky ##m ##ria ##h
    assert len(long.tokens) == index.encoder.longest - 2
    np.testing.assert_array_equal(none.tokens, none.sentence[None])


def test_link_stubs_are_no_candidates(index) -> None:
    for document in index.documents:
        assert all(passage.role is not Role.LINK_STUB for passage in memory.answerable(document))


@pytest.mark.parametrize("question", ["Is the chemo given again?", "Is chemotherapy given again?"])
def test_a_question_in_other_words_for_the_same_is_encoded_once(index, monkeypatch, question) -> None:
    seen: list[str] = []
    real = index.encoder.encode
    monkeypatch.setattr(index.encoder, "encode", lambda texts: real(seen.extend(texts) or texts))
    index.look_up(question)
    assert len(seen) == 1
