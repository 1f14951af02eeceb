"""A message in, an answer out: decide, on calibrated probability, what may be shown of each of its asks."""

from collections.abc import Sequence

from bot.answer import Answer, Notice, Outcome, Part, Quotation
from bot.decisions import BARS, Bars
from bot.words import LANGUAGES, words
from corpus import Document, Role
from index.judging.listener import ASKS
from index.reading.asking import asks_something
from index.reading.text import LONGEST, has_words
from index.search import Findings, Hit, Index, JudgedAsk

BEST_FIRST = (Outcome.ANSWERED, Outcome.RELATED, Outcome.NOT_COVERED)
HEAVY = ("fear", "grief", "guilt", "human", "told")  # feelings that are handed on to people
CHATTER = {"small_talk": "hello", "attack": "attack"}  # topics that are answered with a feeling's sentence


def ask(
    index: Index,
    question: str,
    history: Sequence[str] = (),
    id: str | int | float | None = None,
    language: str | None = None,
    bars: Bars = BARS,
) -> Answer:
    """Any text is a question; one without words is not covered, with a notice that says so."""
    question = question.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate can be shown nowhere
    return answer_from(index.look_up(question, history, bars.passages), question, id, language, bars)


def answer_from(
    findings: Findings,
    question: str,
    id: str | int | float | None = None,
    language: str | None = None,
    bars: Bars = BARS,
) -> Answer:
    """The answer that `findings` allow. `language` is the notices', the question's own if not given."""
    urgent = findings.heard.urgent
    decided = [(judged, decide(judged, bars)) for judged in findings.asks]
    feeling = _feeling(findings, decided, bars)
    if feeling:
        decided = []
    kept = _worth_saying(decided)
    quotations, parts = _parts(kept, bars)
    outcome = min((part.outcome for part in parts), key=BEST_FIRST.index, default=Outcome.NOT_COVERED)
    document = quotations[0].passage.document if quotations else findings.document
    surest = max((judged.answers for judged in findings.asks), default=0.0)
    spoken = findings.message.language
    return Answer(
        question=question,
        outcome=outcome,
        urgent=urgent,
        confidence=round(surest, 4),
        document=document,
        language=language or (spoken if spoken in LANGUAGES else "en"),
        quotations=quotations,
        parts=parts,
        notices=(*_notices(findings, parts, outcome, urgent, feeling, document), *_also(decided, document)),
        id=id,
    )


def decide(judged: JudgedAsk, bars: Bars = BARS) -> Outcome:
    """A name that the documents do not hold is never answered, nor one that may be either of two."""
    known = not (judged.ask.unknown or judged.ask.ambiguous)
    if judged.hits and judged.answers >= judged.bar and known:
        return Outcome.ANSWERED
    if judged.hits and judged.near >= bars.related:
        return Outcome.RELATED
    return Outcome.NOT_COVERED


def _worth_saying(decided: list[tuple[JudgedAsk, Outcome]]) -> list[tuple[JudgedAsk, Outcome]]:
    """What is refused is said beside an answer only when its topic or name is known: a story holds many
    sentences that look like asks and are none."""
    if not any(outcome is Outcome.ANSWERED for _, outcome in decided):
        return decided
    return [
        (judged, outcome)
        for judged, outcome in decided
        if outcome is Outcome.ANSWERED
        or judged.ask.unknown
        or (asks_something(judged.ask.text) and words("en").topic(judged.topic))
    ]


def _parts(decided: Sequence[tuple[JudgedAsk, Outcome]], bars: Bars) -> tuple[tuple[Quotation, ...], tuple[Part, ...]]:
    """Each ask's first passage, of what is merely near only where nothing answers; then, where there is room,
    further ones."""
    answered = any(outcome is Outcome.ANSWERED for _, outcome in decided)
    shown: list[Hit] = []
    of: list[list[int]] = [[] for _ in decided]

    def show(i: int, hit: Hit) -> None:
        places = [place for place, other in enumerate(shown) if other.passage == hit.passage]
        if not places and len(shown) < bars.passages:
            shown.append(hit)
            places = [len(shown) - 1]
        of[i] += [place for place in places if place not in of[i]]

    surest_first = sorted(enumerate(decided), key=lambda one: -round(one[1][0].answers, 1))  # as sure, in order
    for i, (judged, outcome) in surest_first:
        if outcome is Outcome.ANSWERED or (outcome is Outcome.RELATED and not answered):
            show(i, judged.hits[0])
    for i, (judged, outcome) in surest_first:
        if outcome is Outcome.ANSWERED:
            for hit in judged.hits[1 : bars.passages]:
                if hit.score >= bars.more * judged.hits[0].score:
                    show(i, hit)
    parts = []
    for i, (judged, outcome) in enumerate(decided):
        kept = outcome if of[i] else Outcome.NOT_COVERED
        parts.append(Part(judged.ask.text, kept, tuple(of[i]), judged.topic, judged.ask.unknown, _meanings(judged)))
    return tuple(Quotation(hit.passage, hit.highlights, hit.score) for hit in shown), tuple(parts)


def _meanings(judged: JudgedAsk) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, names in judged.ask.ambiguous for name in names))


def _feeling(findings: Findings, decided: Sequence[tuple[JudgedAsk, Outcome]], bars: Bars) -> str:
    """The feeling that is answered with a sentence of its own, or "": never where a question is answered, and where
    somebody asks nothing before any passage that happens to be near."""
    answered = any(outcome is Outcome.ANSWERED for _, outcome in decided)
    asked = any(asks_something(judged.ask.text) for judged, _ in decided)
    if answered and asked:
        return ""
    felt = {name: score for name, score in findings.heard.feelings.items() if name != ASKS}
    strongest = max(felt, key=lambda name: felt[name], default="")
    if strongest and felt[strongest] >= max(bars.feeling, findings.heard.feelings.get(ASKS, 0.0)):
        return strongest
    if not decided:
        return "told"  # what, nobody knows: it is not said that the page lacks it
    topics = {judged.topic for judged, _ in decided}
    return "" if answered else next((CHATTER[topic] for topic in topics if topic in CHATTER and len(topics) == 1), "")


def _notices(
    findings: Findings, parts: Sequence[Part], outcome: Outcome, urgent: bool, feeling: str, document: Document
) -> list[Notice]:
    """What is said, in the order in which it is read: danger before all else."""
    said = [Notice("danger.handoff")] if urgent else []
    message = findings.message
    if not has_words(message.text):
        return [*said, Notice("message.no_question")]
    if message.unread:
        said.append(Notice("message.too_long", {"limit": f"{LONGEST:,}"}))
    hand_on = Notice("hand_on.helpline" if document.with_role(Role.CONTACT) else "hand_on.team")
    if message.language not in LANGUAGES:
        return [*said, Notice("other_languages", {"language": message.language}), hand_on]
    if feeling:
        sentence = Notice(f"feelings.{feeling}")
        return said if urgent else [*said, sentence, hand_on] if feeling in HEAVY else [*said, sentence]
    if message.repairs and not urgent:
        repaired = ", ".join(dict.fromkeys(better for _, better in message.repairs))
        said.append(Notice("names.searched_for", {"words": repaired}))
    if urgent and outcome is Outcome.NOT_COVERED and len(parts) <= 1:
        return said  # who calls for help asks nothing of this page: what it lacks would stand in the way
    refused = [_refusal(part, alone=len(parts) == 1) for part in parts if part.outcome is not Outcome.ANSWERED]
    said += {(notice.key, *notice.values.values()): notice for notice in refused if notice}.values()
    if outcome is Outcome.RELATED:
        said.append(Notice("related.notice"))
    elif outcome is Outcome.NOT_COVERED and not urgent:
        said.append(hand_on)
    return said


def _also(decided: Sequence[tuple[JudgedAsk, Outcome]], document: Document) -> list[Notice]:
    """Which other documents could answer, where one did: they may hold the same words."""
    others = [other.title for judged, outcome in decided if outcome is Outcome.ANSWERED for other in judged.others]
    titles = [title for title in dict.fromkeys(others) if title != document.title]
    return [Notice("answered.also", {"titles": "; ".join(titles)})] if titles else []


def _refusal(part: Part, alone: bool) -> Notice | None:
    """Why a part is not answered: an unknown name, two that may be meant, its topic; said shortly."""
    if part.unknown_names:
        return Notice("names.unknown", {"names": ", ".join(part.unknown_names)})
    if part.meanings:
        return Notice("names.which", {"names": ", ".join(part.meanings)})
    if part.outcome is Outcome.RELATED:
        return None
    if words("en").topic(part.topic):
        return Notice("not_covered.topic", {"topic": part.topic})
    return Notice("not_covered.notice") if alone else Notice("not_covered.part", {"words": part.text})
