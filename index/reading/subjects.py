"""What an ask is about when it does not say so itself.

The subject of earlier turns, the name or the terms told last in a story, "the first one".
"""

import re
from collections.abc import Callable, Iterator, Sequence

from index.reading.asking import OPENER, asks_something, surely_asks
from index.reading.text import content

LONGEST_SUBJECT = 6  # words that are carried over
TERM, NAME = 1, 2
Says = Callable[[str], int]  # whether a word is a NAME, a TERM of the documents, or 0: says little of a subject
MOST_TOLD = {NAME: 2, TERM: 4}  # words of a sentence that "it" may stand for
FEW_TERMS = 3  # of a turn that are carried over beside its names

ONE = r"(?<!little )(?<!loved )(?<!young )ones?"  # that points; a little one is a child
LEANING = re.compile(
    rf"\b(?:it|its|it's|they|them|their|that|this|these|those|there|{ONE}|mine|same|he|she|him|her|"
    r"il|elle|ils|elles|ça|cela|celui|celle|ceci|leur|en|y)\b",
    re.IGNORECASE,
)
THE_PAGE = re.compile(
    r"\b(?:this|that) (?:web ?)?(?:page|site|document|text|article|information|texte)\b", re.IGNORECASE
)
# "it", "this drug", "cover that?": points back to what was named; "they" and "that" before a clause do not.
POINTS = re.compile(
    rf"\b(?:it|its|it's|this|these|those|{ONE}|ça|cela|celui|celle|"
    r"that(?=\s*(?:$|[?,.!]|one|is|was|be|works?|helps?|means?|given|done|for)))(?!\w)",
    re.IGNORECASE,
)
# "Back to the first one", "la deuxième": points to a subject by the order in which they came up.
BY_ORDER = re.compile(
    r"\b(?:the|that|your|my) (?P<en>first|1st|second|2nd|third|3rd|other|former|latter)"
    r"(?= (?:ones?|things?|kinds?|types?|drugs?|medicines?|treatments?|questions?|topics?)\b|\s*(?:$|[?,.!]))"
    r"|\b(?:le|la|au) (?P<fr>premier|première|deuxième|second|seconde|troisième|autre)"
    r"(?= (?:médicament|traitement|question|sujet|chose)\b|\s*(?:$|[?,.!]))",
    re.IGNORECASE,
)
PLACES = {
    **dict.fromkeys(("first", "1st", "former", "premier", "première"), 0),
    **dict.fromkeys(("second", "2nd", "deuxième", "seconde"), 1),
    **dict.fromkeys(("third", "3rd", "troisième"), 2),
    **dict.fromkeys(("other", "autre"), -2),
    "latter": -1,
}
# "Leave the money. Who may have it?": what is put aside is no subject.
PUT_ASIDE = re.compile(
    r"(?:ok(?:ay)?|right|no|well|anyway|bon|non)?[\s,]*(?:(?:let'?s|just|we can|on) )*"
    r"(?:leave|forget|never ?mind|enough (?:of|about|with)|drop|skip|park(?:ing)?|"
    r"laiss\w+|oubli\w+|peu importe|assez (?:de|parlé))\b",
    re.IGNORECASE,
)
THAT_IS = re.compile(r"(?:that'?s|this is|it'?s|c'est|c est)\b", re.IGNORECASE)
VERDICTS = frozenset({"right", "correct", "true", "wrong", "vrai", "faux", "exact"})
CHATS = re.compile(r"\b(?:i|we|thanks?|sorry|je|merci|désolée?)\b", re.IGNORECASE)  # "sorry, I was cut off"
CONTINUES = re.compile(
    r"\s*(?:and|but|so|or|what about|how about|what if|and if|also|then|ok|okay|thanks|no|not|et|mais|donc|sinon|"
    r"et si)\b",
    re.IGNORECASE,
)


def is_verdict(part: str) -> bool:
    """Whether an ask is only about whether something said is so: "is she right?", "did I get that right"."""
    own = content(part)
    asks = len(own) == len(part.split()) or OPENER.match(part) or THAT_IS.match(part)
    return bool(own) and own[-1] in VERDICTS and len(own) <= 2 and bool(asks)


def nothing(word: str) -> int:
    """Says of no word."""
    return 0


def leaning_of(part: str, turns: Sequence[str], says: Says) -> tuple[str, str]:
    """The ask after its subject, when it has none of its own: "and how is it given?" → "blinatumomab: and how …"; and
    the same after the subject that the turns between have not changed, or ""."""
    own = content(part)
    points = LEANING.search(THE_PAGE.sub("", part)) or BY_ORDER.search(part)
    if not (points or CONTINUES.match(part) or (len(own) <= 1 and turns)):
        return "", ""
    first = by_order(part, turns, says)
    subjects = [first, first] if first else [subject_of(turns, says), root_of(turns, says)]
    told = [" ".join(word for word in subject if word not in own) for subject in subjects]
    leaning, root = (f"{subject}: {part}" if subject else "" for subject in told)
    return leaning, root if root != leaning else ""


def named_of(part: str, told: Sequence[str], says: Says) -> str:
    """An ask about "it" or "this drug" after the name that was told last, or else after the terms."""
    own = content(part)
    points = POINTS.search(THE_PAGE.sub("", part)) or len(own) <= 1
    if not points or any(says(word) >= NAME for word in own):
        return ""
    for least in (NAME, TERM):
        for sentence in reversed(told):
            if least is TERM and surely_asks(sentence):
                break  # that is what it stands for
            if names := _telling(content(sentence), says, least):
                return f"{' '.join(names[: MOST_TOLD[least]])}: {part}"
    return ""


def _telling(words: Sequence[str], says: Says, least: int) -> list[str]:
    return list(dict.fromkeys(word for word in words if says(word) >= least))


def by_order(part: str, turns: Sequence[str], says: Says = nothing) -> list[str]:
    """The subject that an ask names by its place: "the first one" after ["what is Kymriah", "and blinatumomab?"]
    gives ["kymriah"]; [] when it names none, or so many did not come up."""
    asked = BY_ORDER.search(part)
    if not asked:
        return []
    subjects: list[list[str]] = []
    for turn in turns:
        own = content(turn)
        subject = _telling(own, says, NAME) or own
        points = (POINTS.search(turn) and not _telling(own, says, NAME)) or BY_ORDER.search(turn)
        if subject and subject not in subjects and not points:
            subjects.append(subject)
    place = PLACES[(asked["en"] or asked["fr"]).lower()]
    return subjects[place][:LONGEST_SUBJECT] if -len(subjects) <= place < len(subjects) else []


def subject_of(turns: Sequence[str], says: Says = nothing) -> list[str]:
    """What the talk is about: the names in the last turn that has some, or else the content words of the last turn
    that has some; where that turn points back itself, of the one that it points to.
    ["what is blinatumomab", "how is it given"] → ["blinatumomab"]."""
    found: list[str] = []
    for own, stands, named in _subjects(turns, says):
        found = own if named else [*own, *(word for word in found if word not in own)]
        if stands:
            break
    return found[:LONGEST_SUBJECT]


def root_of(turns: Sequence[str], says: Says = nothing) -> list[str]:
    """The same without the turns that point back: ["what are clinical trials", "are they only in big cities"] →
    ["clinical", "trials"]."""
    return next((own[:LONGEST_SUBJECT] for own, stands, _ in _subjects(turns, says) if stands), [])


def _subjects(turns: Sequence[str], says: Says) -> Iterator[tuple[list[str], bool, bool]]:
    """What each turn is about, the last one first, whether that stands alone, and whether it is named."""
    for turn in reversed(turns):
        own = list(dict.fromkeys(content(turn)))
        if not own or PUT_ASIDE.match(turn) or (len(own) == 1 and CHATS.search(turn) and not asks_something(turn)):
            continue
        names, terms = _telling(own, says, NAME), _telling(own, says, TERM)
        if names:
            yield terms if len(terms) <= FEW_TERMS else names, True, True
            continue
        if len(own) > LONGEST_SUBJECT:
            own = sorted(own, key=lambda word: -says(word))
        yield own, not (POINTS.search(turn) or (len(own) <= 2 and LEANING.search(turn))), False
