"""What a document's example questions do not speak of yet: which to write next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Document, Passage, Role
from corpus.questions import EMERGENCY, TOPICS, Example, holds

# Topics that the program refuses for any document by itself.
GENERAL = {"other_health", "off_topic", "small_talk", "gibberish", "attack", "other", EMERGENCY}


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`passages` that answer no example yet, those with the most sentences first; `topics` that no example refuses.

    `examples` counts those of the document.
    """

    examples: int
    passages: tuple[Passage, ...]
    topics: tuple[str, ...]


def suggest(document: Document, examples: Sequence[Example]) -> Suggestions:
    own = [example for example in examples if example.document == document.name]
    spans = [span for example in own if example.label == "answer" for span in example.gold_spans(document)]
    silent = [p for p in document.with_role(Role.BODY) if not any(holds(p, span) for span in spans)]
    refused = Counter(example.topic for example in own if example.label != "answer")
    topics = tuple(topic for topic in TOPICS if topic not in GENERAL and not refused[topic])
    return Suggestions(len(own), tuple(sorted(silent, key=lambda p: -len(p.units))), topics)
