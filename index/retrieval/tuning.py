"""What changes the encoder for what people write, learned from questions of many documents.

Passages stay where the weights put them. Only what is written by people is drawn: a question towards the passages that
answer it, one that no passage answers away from all. The change is of low rank (LoRA: Hu et al., ICLR 2022), in the
upper layers alone, so that a few thousand questions teach it what holds for documents they were not asked of.

Only `python -m index fit` runs this; it needs torch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from index.retrieval.encoder import Encoded, batches
from index.retrieval.weights import OF, Weights

RANK = 16
FIRST_LAYER = 2  # the layers below stay as they are
EPOCHS = 4
BATCH = 16  # questions of one document
RATE = 3e-4
WARM_UP = 20  # steps
PIECES = 1024  # word pieces that are read at once
SHARPNESS = 20.0  # what a cosine is multiplied with
REFUSING = 0.25  # how much it counts that a refused question is far from all, beside which passage is nearest
VIEWS = ((1.0, 0.0, 0.0), (0.0, 0.5, 0.5), (0.6, 0.25, 0.15))  # of late interaction, best sentence, whole passage


@dataclass(frozen=True)
class Lesson:
    """The questions of one document. `golds` has shape (questions, passages): where one has no passage, no passage
    answers it. `owner` (units,) says to which passage each unit belongs."""

    questions: Sequence[str]
    golds: NDArray[np.bool_]
    passages: Sequence[Encoded]
    units: Sequence[Encoded]
    owner: Sequence[int]


class _Drawn(torch.nn.Module):
    """A linear map, and a change of it of rank RANK that is nothing at first."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.down = torch.nn.Parameter(torch.randn(linear.in_features, RANK) / linear.in_features**0.5)
        self.up = torch.nn.Parameter(torch.zeros(RANK, linear.out_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        changed: torch.Tensor = self.linear(x) + x @ self.down @ self.up
        return changed


class _Compared:
    """A document's passages as tensors, to compare questions with."""

    def __init__(self, lesson: Lesson) -> None:
        longest = max(len(one.tokens) for one in lesson.passages)
        self.tokens = torch.zeros(len(lesson.passages), longest, len(lesson.passages[0].sentence))
        self.held = torch.zeros(len(lesson.passages), longest, dtype=torch.bool)
        for row, one in enumerate(lesson.passages):
            self.tokens[row, : len(one.tokens)] = torch.from_numpy(one.tokens)
            self.held[row, : len(one.tokens)] = True
        self.passages = torch.from_numpy(np.array([one.sentence for one in lesson.passages]))
        self.units = torch.from_numpy(np.array([one.sentence for one in lesson.units]))
        self.owner = torch.tensor(lesson.owner)

    def views(self, sentence: torch.Tensor, tokens: torch.Tensor) -> list[torch.Tensor]:
        """For each of VIEWS a score for each passage."""
        alike = torch.einsum("pnd,md->pnm", self.tokens, tokens).masked_fill(~self.held[..., None], -9.0)
        late = alike.amax(1).mean(1)
        nothing = torch.full((len(late),), -1.0)
        best_unit = nothing.scatter_reduce(0, self.owner, self.units @ sentence, "amax")
        whole = self.passages @ sentence
        return [a * late + b * best_unit + c * whole for a, b, c in VIEWS]


def tune(weights: Weights, lessons: Sequence[Lesson], path: Path, say: Callable[[str], None]) -> None:
    """Writes the adapter of the encoder in `weights`, learned from `lessons`, to `path` (.npz).

    The same lessons give the same adapter on the same machine with as many cores.
    """
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    model = SentenceTransformer(str(weights.folder), device="cpu", local_files_only=True)
    inner: Any = model.transformers_model
    drawn = _draw(inner)
    border = torch.nn.Parameter(torch.tensor(0.45))  # the score below which no passage answers; only while learning
    changing = [p for one in drawn.values() for p in (one.down, one.up)]
    optimizer = torch.optim.AdamW([{"params": changing, "lr": RATE}, {"params": [border], "lr": 1e-2}])
    compared = [_Compared(lesson) for lesson in lessons]
    inner.train()
    done = 0
    for epoch in range(EPOCHS):
        work = []
        for i, one in enumerate(lessons):
            order = random.permutation(len(one.questions))
            work += [(i, chosen) for chosen in np.array_split(order, max(1, round(len(order) / BATCH)))]
        losses = []
        for k, batch in enumerate(random.permutation(len(work))):
            i, chosen = work[batch]
            done += 1
            optimizer.param_groups[0]["lr"] = RATE * min(1, done / WARM_UP) * (1 - (epoch + k / len(work)) / EPOCHS)
            encoded = _encode(model, inner, [lessons[i].questions[q] for q in chosen])
            golds = torch.from_numpy(lessons[i].golds[chosen])
            parts = [_loss(compared[i].views(*one), gold, border) for one, gold in zip(encoded, golds, strict=True)]
            loss = torch.stack(parts).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(changing, 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
        say(f"  epoch {epoch + 1} of {EPOCHS}: loss {np.mean(losses):.3f}")
    arrays = {OF: np.frombuffer(weights.sha256.encode(), np.uint8)}
    for name, change in drawn.items():
        arrays[f"{name}.down"] = change.down.detach().numpy().astype(np.float16)
        arrays[f"{name}.up"] = change.up.detach().numpy().astype(np.float16)
    np.savez(path, **arrays)  # type: ignore[arg-type]


def _draw(inner: Any) -> dict[str, _Drawn]:
    """Puts a _Drawn in the place of every linear map of the upper layers; by the name of the map."""
    for parameter in inner.parameters():
        parameter.requires_grad = False
    drawn: dict[str, _Drawn] = {}
    for name, module in list(inner.named_modules()):
        layer = name.removeprefix("encoder.layer.").split(".")[0]
        if isinstance(module, torch.nn.Linear) and layer.isdigit() and int(layer) >= FIRST_LAYER:
            drawn[name] = _Drawn(module)
            parent, _, attribute = name.rpartition(".")
            setattr(inner.get_submodule(parent), attribute, drawn[name])
    return drawn


def _encode(model: SentenceTransformer, inner: Any, texts: Sequence[str]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Of each text its sentence vector and the vectors of its word pieces, markers left out."""
    read = model.tokenizer(list(texts), truncation=True, max_length=model.max_seq_length)["input_ids"]
    found: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
    for batch in batches([len(ids) for ids in read], PIECES):
        longest = len(read[batch[-1]])
        ids = torch.tensor([read[i] + [0] * (longest - len(read[i])) for i in batch])
        mask = torch.tensor([[1] * len(read[i]) + [0] * (longest - len(read[i])) for i in batch])
        hidden = inner(input_ids=ids, attention_mask=mask).last_hidden_state
        sentences = torch.nn.functional.normalize((hidden * mask[..., None]).sum(1), dim=-1)
        tokens = torch.nn.functional.normalize(hidden, dim=-1)
        for row, i in enumerate(batch):
            found[i] = sentences[row], tokens[row, 1 : max(2, len(read[i]) - 1)]
    return [found[i] for i in range(len(texts))]


def _loss(views: Sequence[torch.Tensor], gold: torch.Tensor, border: torch.Tensor) -> torch.Tensor:
    """Cross entropy: of the gold passages among all, and of them, or of the border, among all and the border."""
    parts = []
    for view in views:
        scores = SHARPNESS * view
        everything = torch.logsumexp(torch.cat([scores, SHARPNESS * border[None]]), 0)
        if gold.any():
            right = torch.logsumexp(scores[gold], 0)
            parts.append(torch.logsumexp(scores, 0) - right + REFUSING * (everything - right))
        else:
            parts.append(REFUSING * (everything - SHARPNESS * border))
    return torch.stack(parts).mean()
