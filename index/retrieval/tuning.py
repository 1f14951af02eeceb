"""What changes the encoder for what people write, learned from questions of many documents and from messages.

Passages stay where the weights put them. Only what is written by people is drawn: a question towards the passages that
answer it, one that no passage answers away from all; and a message to where a linear map, which is learned with it and
then left, parts danger, what is felt and what is asked about. The change is of low rank (LoRA: Hu et al., ICLR 2022),
in the upper layers alone, so that a few thousand lines teach it what holds for documents they were not asked of.

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
EPOCHS = 3
BATCH = 16  # questions of one document
RATE = 3e-4
WARM_UP = 20  # steps
PIECES = 1024  # word pieces that are read at once
SHARPNESS = 20.0  # what a cosine is multiplied with
REFUSING = 0.25  # how much it counts that a refused question is far from all, beside which passage is nearest
HEAD_RATE = 2e-2  # of the linear maps
SCALE = 5.0  # what a sentence vector is multiplied with before them
MESSAGES = 32  # in a batch
BUCKET = 16  # batches that are sorted by length together
MOST = 6  # windows of a calm message that are heard at once; of a dangerous one all, since any may be what tells
SHARES = (0.8, 0.35, 0.6)  # of dangerous and of calm messages, and of questions with a topic, that an epoch takes
TOPICS_COUNT = 0.5  # how much it counts what is asked about, beside what is told
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


@dataclass(frozen=True)
class Told:
    """Messages, each with the `windows` in which it is heard.

    `danger` (messages,); `feelings` and `topics` (messages,) number what is felt and what is asked about, -1 for none.
    What has a topic is a question, and tells nothing. `sizes`: how many feelings and topics there are.
    """

    windows: Sequence[Sequence[str]]
    danger: NDArray[np.bool_]
    feelings: NDArray[np.int64]
    topics: NDArray[np.int64]
    sizes: tuple[int, int]


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


def tune(weights: Weights, lessons: Sequence[Lesson], told: Told, path: Path, say: Callable[[str], None]) -> None:
    """Writes the adapter of the encoder in `weights`, learned from `lessons` and `told`, to `path` (.npz).

    The same lessons give the same adapter on the same machine with as many cores.
    """
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    model = SentenceTransformer(str(weights.folder), device="cpu", local_files_only=True)
    inner: Any = model.transformers_model
    drawn = _draw(inner)
    border = torch.nn.Parameter(torch.tensor(0.45))  # the score below which no passage answers; only while learning
    head = torch.nn.Linear(inner.config.hidden_size, 1 + sum(told.sizes))  # only while learning, too
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    changing = [p for one in drawn.values() for p in (one.down, one.up)]
    optimizer = torch.optim.AdamW(
        [
            {"params": changing, "lr": RATE, "weight_decay": 0.01},
            {"params": list(head.parameters()), "lr": HEAD_RATE, "weight_decay": 0.0},
            {"params": [border], "lr": 1e-2, "weight_decay": 0.01},
        ]
    )
    compared = [_Compared(lesson) for lesson in lessons]

    def loss_of(chosen: NDArray[np.int64], asked_of: int) -> torch.Tensor:
        if asked_of < 0:
            heard = _windows(told, chosen, random)
            windows = [window for one in heard for window in one]
            vectors = torch.stack([sentence for sentence, _ in _encode(model, inner, windows)])
            return _loss_told(head(SCALE * vectors), [len(one) for one in heard], told, chosen)
        encoded = _encode(model, inner, [lessons[asked_of].questions[q] for q in chosen])
        golds = torch.from_numpy(lessons[asked_of].golds[chosen])
        parts = [_loss(compared[asked_of].views(*one), gold, border) for one, gold in zip(encoded, golds, strict=True)]
        return torch.stack(parts).mean()

    inner.train()
    done = 0
    for epoch in range(EPOCHS):
        work = [(chosen, -1) for chosen in _batches_told(told, random)]
        for i, one in enumerate(lessons):
            order = random.permutation(len(one.questions))
            work += [(chosen, i) for chosen in np.array_split(order, max(1, round(len(order) / BATCH)))]
        losses: dict[bool, list[float]] = {True: [], False: []}
        for k, batch in enumerate(random.permutation(len(work))):
            chosen, asked_of = work[batch]
            done += 1
            pace = min(1, done / WARM_UP) * (1 - (epoch + k / len(work)) / EPOCHS)
            optimizer.param_groups[0]["lr"], optimizer.param_groups[1]["lr"] = RATE * pace, HEAD_RATE * pace
            loss = loss_of(chosen, asked_of)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(changing, 1.0)
            optimizer.step()
            losses[asked_of < 0].append(float(loss.detach()))
        told_loss, asked_loss = np.mean(losses[True]), np.mean(losses[False])
        say(f"  epoch {epoch + 1} of {EPOCHS}: loss {asked_loss:.3f} of questions, {told_loss:.3f} of messages")
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


def _batches_told(told: Told, random: np.random.Generator) -> list[NDArray[np.int64]]:
    """A share of the messages, those of like length together."""
    shares = np.where(told.topics >= 0, SHARES[2], np.where(told.danger, SHARES[0], SHARES[1]))
    chosen = random.permutation(np.flatnonzero(random.random(len(shares)) < shares))
    letters = np.array([sum(map(len, windows)) for windows in told.windows])
    found = []
    for at in range(0, len(chosen), BUCKET * MESSAGES):
        some = chosen[at : at + BUCKET * MESSAGES]
        some = some[np.argsort(letters[some], kind="stable")]
        found += [some[i : i + MESSAGES] for i in range(0, len(some), MESSAGES)]
    return found


def _windows(told: Told, chosen: NDArray[np.int64], random: np.random.Generator) -> list[list[str]]:
    """What is heard of some messages."""
    found = []
    for i in chosen:
        windows = list(told.windows[i])
        if len(windows) > MOST and not told.danger[i]:
            windows = [windows[k] for k in random.permutation(len(windows))[:MOST]]
        found.append(windows)
    return found


def _loss_told(scores: torch.Tensor, counts: Sequence[int], told: Told, chosen: NDArray[np.int64]) -> torch.Tensor:
    """Binary cross entropy of danger, of feelings and of topics; `scores` (windows, all that is told), of which each
    message has some, by `counts`.

    Of a dangerous message only the window counts that tells most (multiple-instance learning: Andrews, Tsochantaridis,
    Hofmann, NIPS 2002), and of a calm one that window and all of them.
    """
    danger, feelings, topics = (torch.from_numpy(rows[chosen]) for rows in (told.danger, told.feelings, told.topics))
    owner = torch.repeat_interleave(torch.arange(len(chosen)), torch.tensor(counts))
    most = torch.full((len(chosen),), -torch.inf).scatter_reduce(0, owner, scores[:, 0], "amax")
    said = topics < 0
    calm, asks = (said & ~danger)[owner], (topics >= 0)[owner]
    binary = torch.nn.functional.binary_cross_entropy_with_logits
    parts = []
    if said.any():
        parts.append(binary(most[said], danger[said].float()))
    if calm.any():
        felt = _chosen(feelings[owner][calm], told.sizes[0])
        parts += [binary(scores[calm, 0], torch.zeros(int(calm.sum())))]
        parts += [binary(scores[calm, 1 : 1 + told.sizes[0]], felt)]
    if asks.any():
        about = _chosen(topics[owner][asks], told.sizes[1])
        parts.append(binary(scores[asks, 1 + told.sizes[0] :], about) * told.sizes[1] * TOPICS_COUNT)
    return torch.stack(parts).sum()


def _chosen(numbers: torch.Tensor, size: int) -> torch.Tensor:
    """1 for what has the number, 0 for all else; -1 is nothing."""
    return torch.nn.functional.one_hot(numbers + 1, size + 1)[:, 1:].float()


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
