"""What is built is whole, matches its sources, and is never served when it does not."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from corpus import CorpusError
from index import build
from index.__main__ import main
from index.errors import EncoderError, StaleIndexError, StorageError
from index.retrieval import encoder, encodings, exported, pieces, weights
from index.retrieval.weights import Weights
from index.storage import store


@pytest.fixture
def copied(built, tmp_path):
    corpus, folder = built
    return shutil.copytree(corpus, tmp_path / "corpus"), shutil.copytree(folder, tmp_path / "built")


def inside(folder):
    """The generation that is read."""
    return store.current(folder)


def change_one_byte(path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def test_a_fresh_index_verifies(built) -> None:
    assert build.verify(*built) == []


def test_building_twice_gives_the_same_index(built, tmp_path) -> None:
    """To the byte, but for topics, whose last bits differ with where the memory lies: rounded, by one step at most."""
    corpus, folder = built
    build.build(corpus, tmp_path / "again", say=lambda line: None)
    first, second = inside(folder), inside(tmp_path / "again")
    names = {path.name for path in first.iterdir()} - {store.MANIFEST}
    rounded = {store.TOPICS, store.JUDGE.format("snails.txt")}
    assert rounded < names == {path.name for path in second.iterdir()} - {store.MANIFEST}
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names - rounded)
    for name in rounded:
        one, two = store.read_arrays(first / name), store.read_arrays(second / name)
        assert one.keys() == two.keys()
        for key in one:
            np.testing.assert_allclose(two[key], one[key], rtol=0, atol=0.0011)


@pytest.mark.parametrize(
    "name",
    [*encoder.FILES, *encodings.FILES, store.PASSAGES, store.JUDGE.format("snails.txt")],
)  # fmt: skip
def test_verify_names_a_built_file_with_one_changed_byte(copied, name) -> None:
    corpus, folder = copied
    change_one_byte(inside(folder) / name)
    [wrong] = build.verify(corpus, folder)
    assert name in wrong
    assert "changed after it was built" in wrong


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("documents/snails.txt", "no advice", "an advice"),
        ("vocabulary.toml", "snail", "smail"),
        ("questions/snails.jsonl", "football", "footbali"),
    ],
)
def test_verify_names_a_source_with_one_changed_word(copied, name, old, new) -> None:
    corpus, folder = copied
    path = corpus / name
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
    assert build.verify(corpus, folder) == [f"{name}: is not what the index was built from"]


def test_a_quote_that_is_gone_fails_by_file_and_line(copied) -> None:
    corpus, folder = copied
    path = corpus / "documents" / "snails.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("lettuce", "cabbage"), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"snails.jsonl, line 1: snails.txt does not contain the quote 'lettuce'"):
        build.verify(corpus, folder)


def test_a_stale_index_is_rebuilt_in_one_said_line(copied) -> None:
    corpus, folder = copied
    with (corpus / "questions" / "snails.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"label": "out", "question": "Can snails sing?", "topic": "off_topic"}) + "\n")
    said: list[str] = []
    build.load(corpus, folder, say=said.append)
    assert said[0] == "Building the index (questions/snails.jsonl: is not what the index was built from) …"
    assert build.verify(corpus, folder) == []


def test_a_build_that_fails_leaves_what_stood_there_and_no_rubbish(copied, monkeypatch) -> None:
    corpus, folder = copied
    before = {p: store.digest(p) for p in folder.rglob("*") if p.is_file()}

    def full_disk(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(StorageError, match=r"nothing can be built there \(No space left"):
        build.build(corpus, folder, say=lambda line: None)
    assert {p: store.digest(p) for p in folder.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "[" * 10_000, *(f'{{"format": {n}, "built from": {{}}, "files": {{}}}}' for n in (2, 99, '"2"'))],
)
def test_a_broken_manifest_is_named(copied, content) -> None:
    corpus, folder = copied
    (inside(folder) / store.MANIFEST).write_text(content)
    wrong = build.verify(corpus, folder)
    assert any(store.MANIFEST in line for line in wrong)


def test_a_missing_index_is_said_to_be_missing(built, tmp_path) -> None:
    corpus, _ = built
    assert build.verify(corpus, tmp_path / "none") == [f"{tmp_path / 'none'}: nothing is built yet"]


def test_the_command_exits_1_and_names_what_differs(copied, monkeypatch, capsys) -> None:
    corpus, folder = copied
    monkeypatch.setattr(build.verify, "__defaults__", (corpus, folder, None))
    assert main(["verify"]) == 0
    change_one_byte(inside(folder) / encodings.VECTORS)
    capsys.readouterr()
    assert main(["verify"]) == 1
    assert encodings.VECTORS in capsys.readouterr().err


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path, monkeypatch) -> None:
    shutil.copy(weights.weights().folder / weights.FILE, tmp_path)
    change_one_byte(tmp_path / weights.FILE)
    monkeypatch.setattr(weights, "_packaged_folder", lambda: tmp_path)
    with pytest.raises(EncoderError, match=f"expected {weights.PUBLISHED_SHA256}"):
        weights.weights()


def test_another_model_folder_is_used_and_said_in_the_manifest(built, tmp_path) -> None:
    corpus, folder = built
    other = weights.weights(str(weights.weights().folder))
    assert f"encoder {other.name}" in store.sources(corpus, other)
    assert build.verify(corpus, folder, other)  # the index was built with another name
    with pytest.raises(EncoderError, match=r"expected a folder with model\.safetensors on this machine"):
        weights.weights(str(tmp_path / "nowhere"))


def test_where_no_weights_are_installed_what_was_built_is_served_and_nothing_is_built(copied, monkeypatch) -> None:
    corpus, folder = copied
    monkeypatch.setattr(weights, "_packaged_folder", lambda: None)
    assert build.verify(corpus, folder) == []
    assert build.load(corpus, folder).look_up("What do snails eat?").asks[0].hits
    change_one_byte(inside(folder) / pieces.ROWS)
    with pytest.raises(StaleIndexError, match="was changed after it was built; nothing can be built here"):
        build.load(corpus, folder, say=lambda line: None)


def test_the_manifest_has_the_encoder_that_serves_and_how_close_it_came(built) -> None:
    _, folder = built
    generation = store.current(folder)
    files = json.loads((generation / store.MANIFEST).read_text())["files"]
    assert set(encoder.FILES) <= files.keys()
    agreement = json.loads((generation / encoder.AGREEMENT).read_text())
    assert agreement["sentence_mean"] >= 0.999
    assert agreement["tokens_mean"] >= 0.998  # .9990 was found; .9996 with floats, a half slower


def test_an_export_that_fails_is_refused_in_one_sentence(tmp_path) -> None:
    (tmp_path / weights.FILE).write_bytes(b"no weights")
    broken = Weights("broken", tmp_path, "0" * 64)
    with pytest.raises(EncoderError, match=r"could not be exported: .*no sentence-transformers model"):
        exported.put_encoder(broken, tmp_path, [None], ["a passage"], [], lambda line: None)


def test_a_graph_that_was_changed_is_exported_again_not_handed_on(copied, tmp_path) -> None:
    generation = store.current(copied[1])
    nowhere = replace(weights.weights(), folder=None)
    (tmp_path / "fresh").mkdir()
    exported.put_encoder(nowhere, tmp_path / "fresh", [None, generation], [], [], lambda line: None)
    change_one_byte(generation / encoder.GRAPH)
    with pytest.raises(EncoderError, match="weights are not installed"):
        exported.put_encoder(nowhere, tmp_path / "fresh", [generation], [], [], lambda line: None)


def test_a_corpus_without_examples_is_judged_by_reading_and_hears_danger_all_the_same(built, tmp_path) -> None:
    corpus = shutil.copytree(built[0], tmp_path / "corpus")
    shutil.rmtree(corpus / "questions")
    said: list[str] = []
    index = build.load(corpus, tmp_path / "built", say=said.append)
    assert any("has no example questions" in line for line in said)
    found = index.look_up("What may snails eat?")
    assert "lettuce" in found.asks[0].hits[0].passage.text
    assert index.look_up("How do I bake bread?").asks[0].answers < found.asks[0].answers
    assert not found.heard.urgent
    assert index.look_up("My son has a fever of 39.5 and is on chemo, he is shaking").heard.urgent


def test_refusals_for_any_document_alone_teach_a_document_nothing(built, tmp_path) -> None:
    corpus = shutil.copytree(built[0], tmp_path / "corpus")
    (corpus / "questions" / "snails.jsonl").rename(corpus / "questions" / "searches.jsonl")
    lines = (corpus / "questions" / "searches.jsonl").read_text(encoding="utf-8").splitlines()
    refusals = "\n".join(line for line in lines if '"out"' in line)
    (corpus / "questions" / "searches.jsonl").write_text(refusals, encoding="utf-8")
    index = build.load(corpus, tmp_path / "built", say=lambda line: None)
    assert index.judges[0].memory.model is None


def test_a_judge_comes_back_from_disk_the_same(built) -> None:
    corpus, folder = built
    index = build.load(corpus, folder)
    [document], examples, reader = build.read(corpus)
    made = build.judge_of(document, examples, reader, index.encoder, index.similarities, index.listener)
    stored = index.judges[0]
    assert stored.bar == made.bar
    np.testing.assert_array_equal(stored.weights.answers.row(), made.weights.answers.row())
    np.testing.assert_array_equal(stored.weights.rank, made.weights.rank)
    np.testing.assert_allclose(stored.topics.units, made.topics.units, atol=1e-3)  # stored in half precision
    assert stored.memory.model is not None
    assert made.memory.model is not None
    np.testing.assert_array_equal(stored.memory.model.weights, made.memory.model.weights)


def test_an_encoder_that_nothing_was_learned_for_is_refused_before_anything_is_built(tmp_path, built) -> None:
    other = tmp_path / "other"
    shutil.copytree(weights.weights().folder, other)
    change_one_byte(other / weights.FILE)
    chosen = weights.weights(str(other))
    assert chosen.adapter is None
    with pytest.raises(EncoderError, match="run: python -m index fit"):
        build.build(built[0], tmp_path / "built", chosen, say=lambda line: None)
    assert not store.current(tmp_path / "built")


@pytest.mark.parametrize("change", ["nothing", "a sentence"])
def test_only_what_changed_is_encoded_again(copied, change, monkeypatch) -> None:
    corpus, folder = copied
    before = {name: store.digest(inside(folder) / name) for name in encodings.FILES}
    if change == "a sentence":
        path = corpus / "documents" / "snails.txt"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("when the weather is dry", "all summer"), encoding="utf-8")
        examples = corpus / "questions" / "snails.jsonl"
        examples.write_text(examples.read_text().replace("when the weather is dry", "all summer"), encoding="utf-8")
    read: list[str] = []
    encode = encoder.OnnxEncoder.encode

    def watched(self, texts):
        read.extend(texts)
        return encode(self, texts)

    monkeypatch.setattr(encoder.OnnxEncoder, "encode", watched)
    build.build(corpus, folder, say=lambda line: None)
    examples = {example.question for example in build.read(corpus)[1]}
    of_passages = [text for text in read if text not in examples]
    if change == "nothing":
        assert of_passages == []
        assert before == {name: store.digest(inside(folder) / name) for name in encodings.FILES}
    else:
        whole, sentence, once_more = of_passages
        assert once_more == sentence  # read as a question would be, for what it speaks of
        assert whole.endswith("A snail sleeps in its shell all summer.")
        assert sentence == "A snail sleeps in its shell all summer."


def test_vectors_of_an_index_that_was_changed_are_not_taken_over(copied) -> None:
    corpus, folder = copied
    assert store.intact(folder) == inside(folder)
    change_one_byte(inside(folder) / pieces.ROWS)
    assert store.intact(folder) is None
    build.build(corpus, folder, say=lambda line: None)
    assert build.verify(corpus, folder) == []
