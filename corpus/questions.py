"""Example questions: what people ask, and the quotes that answer, or the topic that is refused.

`questions/NAME.jsonl` belongs to `documents/NAME.txt` (or .md). Every other file there holds
refusals that hold for any document: small talk, other illnesses, emergencies. One JSON object a line:

    {"label": "answer", "question": "…", "gold": ["exact quote", …]}
    {"label": "partial", "question": "…", "gold": ["nearest quote"], "topic": "dose"}
    {"label": "out", "question": "…", "topic": "side_effects"}

and, where they matter, `"need": "all"` (the quotes answer only together), `"history"` (earlier
turns, oldest first), `"kind"` (register), `"source"`, `"id"` and `"boundary"` (a careful second
reader could label it otherwise).
"""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from corpus.document import Document, Passage, Span
from corpus.errors import CorpusError

QUESTIONS = Path(__file__).parent / "questions"
LABELS = ("answer", "partial", "out")
EMERGENCY = "emergency"  # the topic of questions from someone in danger now
TOPICS = (
    *("side_effects", "dose", "missed_dose", "storage", "interactions", "cost", "diet", "survival", "school"),
    *("fertility", "vaccines", "causes", "symptoms", "tests", "other_cancers", "adults", "first_treatment"),
    *("alternative_medicine", "hospitals", "trials_near_me", "emotional_support", "other_drugs", "late_effects"),
    *("daily_life", "infection", "pain", "donation", "end_of_life", "relapse_risk", "prevention"),
    *("treatment_logistics", "personal_advice", "other_health", "off_topic", "small_talk", "gibberish", "attack"),
    *("duration", "donors", "definition", "procedure", "mechanism", "group", "comparison", "brand_name", "age"),
    *("other", EMERGENCY),
)
FIELDS = {"id", "label", "question", "history", "kind", "gold", "need", "also", "topic", "source", "boundary"}
IGNORED = {"heading", "note"}  # for the people who label
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled question. `gold` holds quotes, `document` the file they are quoted from, or ""."""

    question: str
    label: str
    gold: tuple[str, ...] = ()
    need: str = "any"
    topic: str = ""
    history: tuple[str, ...] = ()
    kind: str = ""
    source: str = ""
    id: str = ""
    boundary: bool = False
    document: str = ""
    also: tuple[str, ...] = ()

    @property
    def urgent(self) -> bool:
        return EMERGENCY in (self.topic, self.kind)

    def gold_spans(self, document: Document) -> list[Span]:
        """Every place in the document where one of the quotes stands."""
        spans = []
        for quote in self.gold:
            at = document.text.find(quote)
            while at >= 0:
                spans.append(Span(at, at + len(quote)))
                at = document.text.find(quote, at + 1)
        return spans


def holds(passage: Passage, span: Span) -> bool:
    return passage.span.start <= span.start and span.end <= passage.span.end


def question_files(folder: Path = QUESTIONS) -> list[Path]:
    return sorted(folder.glob("*.jsonl")) if folder.is_dir() else []


def read_examples(documents: Iterable[Document], folder: Path = QUESTIONS) -> list[Example]:
    """All example questions for `documents`, in file order.

    Raises CorpusError, by file and line, for a line that is no valid example and for a quote
    that its document no longer contains.
    """
    by_stem = {document.stem: document for document in documents}
    return [example for path in question_files(folder) for example in read_question_file(path, by_stem.get(path.stem))]


def read_question_file(
    path: Path, document: Document | None = None, ignored: Collection[str] = IGNORED
) -> list[Example]:
    """The examples of one file; with `document`, its quotes are looked up there. Fields in `ignored` may be there
    but say nothing here; any other that is not in FIELDS is an error."""
    return read_lines(path, lambda row: _example(row, document, ignored))


def read_lines(path: Path, parse: Callable[[object], T]) -> list[T]:
    """What `parse` makes of the JSON of each line. Raises CorpusError, by file and line, for what is no JSON and
    for a ValueError that `parse` raises."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise CorpusError(f"cannot be read as UTF-8 text ({e})", path) from e
    read = []
    # Only line feeds part the lines: a question may hold other separators.
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            try:
                read.append(parse(json.loads(line)))
            except (ValueError, RecursionError) as e:
                raise CorpusError(str(e), path, number) from e
    return read


def _example(row: object, document: Document | None, ignored: Collection[str]) -> Example:
    if not isinstance(row, dict):
        raise CorpusError("expected a JSON object")
    unknown = row.keys() - FIELDS - set(ignored)
    if unknown:
        raise CorpusError(f"unknown field {sorted(unknown)[0]!r}; expected one of {', '.join(sorted(FIELDS))}")
    question, label = row.get("question"), row.get("label")
    if not isinstance(question, str) or not question.strip():
        raise CorpusError(f"question has value {question!r}; expected some text")
    if label not in LABELS:
        raise CorpusError(f"label has value {label!r}; expected one of {', '.join(LABELS)}")
    quotes = {}
    for key in ("gold", "also", "history"):
        quotes[key] = row.get(key) or []
        if not isinstance(quotes[key], list) or not all(isinstance(entry, str) and entry for entry in quotes[key]):
            raise CorpusError(f"{key} has value {quotes[key]!r}; expected a list of texts")
    topic = row.get("topic") or (EMERGENCY if row.get("kind") == EMERGENCY else "")
    if topic and topic not in TOPICS:
        raise CorpusError(f"topic has value {topic!r}; expected one of {', '.join(TOPICS)}")
    if label == "answer" and not quotes["gold"]:
        raise CorpusError("an answer needs its gold quote")
    if label == "out" and quotes["gold"]:
        raise CorpusError("label 'out' has gold quotes; expected none")
    if row.get("need", "any") not in ("any", "all"):
        raise CorpusError(f"need has value {row['need']!r}; expected 'any' or 'all'")
    for quote in quotes["gold"]:
        if document and quote not in document.text:
            raise CorpusError(f"{document.name} does not contain the quote {quote[:80]!r}")
    return Example(
        question=question,
        label=label,
        gold=tuple(quotes["gold"]),
        need=row.get("need", "any"),
        topic=topic,
        history=tuple(quotes["history"]),
        kind=row.get("kind", ""),
        source=row.get("source", ""),
        id=str(row.get("id", "")),
        boundary=bool(row.get("boundary")),
        document=document.name if document else "",
        also=tuple(quotes["also"]),
    )
