"""python -m index.retrieval.export: from sentence-transformers weights to the graph that serves.

A graph gives both outputs. Its products are in 8 bits (`index.retrieval.quantize`), and so is its table of word
pieces, each row with its own scale. How close it comes to sentence-transformers is measured on the texts of the corpus
before it is used: an 8-bit graph that is not close enough is dropped for the float one, and a float one that is not is
refused.

Runs in a process of its own (see `exported.py`): it needs torch, which nothing else here imports.
"""

import copy
import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from index.errors import EncoderError
from index.retrieval import quantize
from index.retrieval.encoder import GRAPH, PASSAGE_GRAPH, TOKENIZER, Encoded, OnnxEncoder, Vectors

LEAST_8_BIT = 0.999  # mean cosine with sentence-transformers below which 8 bits are not good enough
LEAST_FLOAT = 0.99999
BATCH = 64
GENERAL = Path(__file__).parents[2] / "corpus" / "general"  # texts on which scales are set, whatever the corpus is
EACH = 40  # of the messages there, one in so many


def main() -> int:
    """Arguments: folder of the weights, folder to fill, and what changes the weights for questions, if anything does.
    Standard input: {"passages": […], "questions": […]}. Standard output says how far it is, its last line the
    agreement; the last line of standard error is what went wrong."""
    warnings.simplefilter("ignore")  # the exporter speaks of its own inner workings
    weights, folder, *adapter = map(Path, sys.argv[1:])
    texts = json.load(sys.stdin)
    try:
        _say(json.dumps(export(weights, folder, texts["passages"], texts["questions"], *adapter)))
    except EncoderError as e:
        print(e, file=sys.stderr)
        return 1
    return 0


def export(
    weights: Path, folder: Path, passages: Sequence[str], questions: Sequence[str], adapter: Path | None = None
) -> dict[str, float]:
    """Fills `folder` with the encoder made from `weights`; how far it agrees with them on the texts."""
    model = _reference(weights)
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(model.max_seq_length)
    tokenizer.save(str(folder / TOKENIZER))
    models = {PASSAGE_GRAPH: model, GRAPH: adapted(model, adapter) if adapter else model}
    texts = {PASSAGE_GRAPH: passages, GRAPH: questions}
    expected = {file: _reference_vectors(models[file], texts[file]) for file in models}
    for bits, least in ((8, LEAST_8_BIT), (32, LEAST_FLOAT)):
        for file, one in models.items():
            _write_graph(one, folder / file, bits)
        served = {file: list(OnnxEncoder(folder, file=file).encode(texts[file])) for file in models}
        counts = {"bits": bits, "passages": len(passages), "questions": len(questions)}
        agreement = {**counts, **_agreement(served, expected)}
        mean = agreement["sentence_mean"]
        _say(f"{bits}-bit encoder: cosine {mean:.5f} with sentence-transformers on average, {least} wanted")
        if mean >= least:
            return agreement
    raise EncoderError(
        f"{weights}: its export gives vectors with cosine {mean:.5f} to those of sentence-transformers,"
        f" on average over {len(passages) + len(questions)} texts; expected {LEAST_FLOAT} or more"
    )


def adapted(model: SentenceTransformer, adapter: Path) -> SentenceTransformer:
    """A copy of `model` with the products of the adapter's matrices added to its own: W + A B, as in LoRA (Hu et al.,
    ICLR 2022). Raises EncoderError for an adapter of other weights."""
    changed = copy.deepcopy(model)
    inner: Any = changed.transformers_model
    linear = dict(inner.named_modules())
    with np.load(adapter, allow_pickle=False) as file, torch.no_grad():
        for name in (key.removesuffix(".down") for key in file if key.endswith(".down")):
            down, up = (torch.from_numpy(file[f"{name}.{part}"].astype(np.float32)) for part in ("down", "up"))
            if name not in linear or linear[name].weight.T.shape != (len(down), up.shape[1]):
                raise EncoderError(f"{adapter}: has {name} of shape {(len(down), up.shape[1])}, which the weights lack")
            linear[name].weight += (down @ up).T
    return changed


def _say(line: str) -> None:
    print(line, flush=True)


class _BothVectors(torch.nn.Module):
    """sentence-transformers as one function from word pieces to both outputs."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = {"input_ids": ids, "attention_mask": mask}
        for module in self.model.children():
            features = module(features)
        normalised = torch.nn.functional.normalize
        return normalised(features["sentence_embedding"], dim=-1), normalised(features["token_embeddings"], dim=-1)


class _EightBitTable(torch.nn.Module):
    """A table of vectors in 8 bits, each row with its own scale: half of a small encoder is this table."""

    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        scale = (table.abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-12)
        self.scale = torch.nn.Parameter(scale, requires_grad=False)
        self.rows = torch.nn.Parameter(torch.round(table / scale).to(torch.int8), requires_grad=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.rows[ids].to(torch.float32) * self.scale[ids]


def _reference(folder: Path) -> SentenceTransformer:
    try:
        eager = {"attn_implementation": "eager"}  # the other ways cannot be exported
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=eager)
    except (OSError, ValueError) as e:
        raise EncoderError(f"{folder}: is no sentence-transformers model ({e})") from e
    return model.eval()


def _write_graph(model: SentenceTransformer, path: Path, bits: int) -> None:
    if bits == 8:
        model = copy.deepcopy(model)
        inner: Any = model.transformers_model
        inner.set_input_embeddings(_EightBitTable(inner.get_input_embeddings().weight.data))
    read = model.tokenizer(["two texts", "are enough for an example"], padding=True, return_tensors="pt")
    sizes = {0: "texts", 1: "pieces"}
    program = torch.onnx.export(
        _BothVectors(model).eval(),
        (read["input_ids"], read["attention_mask"]),
        dynamo=True,
        dynamic_shapes=(sizes, sizes),
        input_names=["ids", "mask"],
        output_names=["sentence", "tokens"],
        verbose=False,
    )
    if program is None:
        raise EncoderError(f"{path}: torch could not export the encoder")
    graph = program.model_proto
    if bits == 8:
        graph = quantize.in_eight_bits(graph, _usual(path.parent / TOKENIZER))
    onnx.save_model(graph, path)


def _usual(tokenizer: Path) -> Iterator[quantize.Feeds]:
    """What the graph will read: messages, and the longest line of each document, as the tokenizer cuts them up."""
    cut = Tokenizer.from_file(str(tokenizer))
    messages = (GENERAL / "statements.jsonl").read_text(encoding="utf-8").splitlines()[::EACH]
    documents = [path.read_text(encoding="utf-8") for path in sorted((GENERAL / "documents").glob("*.txt"))]
    for text in [json.loads(line)["text"] for line in messages] + [max(d.splitlines(), key=len) for d in documents]:
        ids = np.array([cut.encode(text).ids], np.int64)
        yield {"ids": ids, "mask": np.ones_like(ids)}


def _reference_vectors(model: SentenceTransformer, texts: Sequence[str]) -> list[tuple[Vectors, Vectors]]:
    """The sentence vector and the vectors of all pieces, markers among them, as sentence-transformers gives them."""
    found: dict[int, tuple[Vectors, Vectors]] = {}
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for at in range(0, len(order), BATCH):
        batch = order[at : at + BATCH]
        rows: Any = model.encode([texts[i] for i in batch], output_value=None, show_progress_bar=False)
        for i, row in zip(batch, rows, strict=True):
            found[i] = _unit(row["sentence_embedding"]), _unit(row["token_embeddings"])
        if at // BATCH % 5 == 0:
            _say(f"sentence-transformers read {at + len(batch)} of {len(texts)} texts to compare with")
    return [found[i] for i in range(len(texts))]


def _unit(vectors: torch.Tensor) -> Vectors:
    unit: Vectors = torch.nn.functional.normalize(vectors.float(), dim=-1).cpu().numpy()
    return unit


def _agreement(
    served: Mapping[str, Sequence[Encoded]], expected: Mapping[str, Sequence[tuple[Vectors, Vectors]]]
) -> dict[str, float]:
    """Cosines between what is served and what is expected. `same_first`: for how many questions the nearest
    passage is the same."""
    ours = {file: np.array([one.sentence for one in found]) for file, found in served.items()}
    theirs = {file: np.array([sentence for sentence, _ in found]) for file, found in expected.items()}
    sentence = np.concatenate([(ours[file] * theirs[file]).sum(axis=1) for file in served if served[file]])
    tokens = [
        (encoded.tokens * pieces[1 : 1 + len(encoded.tokens)]).sum(axis=1)
        for file in served
        for encoded, (_, pieces) in zip(served[file], expected[file], strict=True)
    ]
    same = 1.0
    if served[GRAPH] and served[PASSAGE_GRAPH]:
        first, wanted = (np.argmax(rows[GRAPH] @ rows[PASSAGE_GRAPH].T, axis=1) for rows in (ours, theirs))
        same = np.mean(first == wanted)
    figures = {
        "sentence_mean": np.mean(sentence),
        "sentence_least": np.min(sentence),
        "tokens_mean": np.mean(np.concatenate(tokens)),
        "tokens_least": np.min(np.concatenate(tokens)),
        "same_first": same,
    }
    return {name: round(float(value), 5) for name, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main())
