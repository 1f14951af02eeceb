"""The asks of a message: the questions in it, each readable alone, with what it leans on.

"She rang the bell in May. What is Kymriah and how much does it cost?" holds two asks, "What is Kymriah"
and "how much does it cost", of which the second leans on the first for its subject.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sentencex

from index.reading.text import content

MOST_ASKS = 8  # of one message that are read; a longer list is cut, which is said
TURNS = 6  # earlier turns in which the subject is looked for
SHORT = 14  # words up to which a message is one ask, whether it asks or names
LONGEST_SENTENCE = 45  # words; what runs on longer (speech has no full stops) is cut at its question words
LONGEST_SUBJECT = 6  # words that are carried over
FEW_WORDS = 2  # content words up to which an ask about "it" cannot stand alone
TOLD = 12  # sentences of a story in which the name that "this drug" stands for is looked for
BACKGROUND = 6  # words from which a part of a sentence can stand apart

_OPENERS = (
    r"what(?:'?s)?|which|who(?:m|se|'?s)?|when(?:'?s)?|where(?:'?s)?|why|how(?:'?s)?|wat|wot|"
    r"is|are|was|were|do|does|did|can|could|will|would|should|shall|may|might|has|have|had|isn'?t|aren'?t|doesn'?t|"
    r"don'?t|can'?t|won'?t|"
    r"qu'?est-ce|qu'?|que|quoi|quel(?:le)?s?|qui|quand|où|pourquoi|comment|combien|est-ce|y a-t-il|"
    r"whether|peut-(?:on|il|elle)|faut-il|a-t-(?:on|il|elle)|c'est quoi|pour qui|à qui|à quoi|de quoi|avec quoi"
)
# After a bare comma "when", "which" and "who" mostly go on with the same question.
_AFTER_COMMA = (
    r"what(?:'?s)?|how|why|can|could|does|do|did|will|would|should|is|are|wat|quel(?:le)?s?|comment|combien|est-ce"
)
OPENER = re.compile(rf"(?:and|but|so|also|then|or|et|mais|alors|aussi)?[\s,]*(?:{_OPENERS})(?![\w-])", re.IGNORECASE)
WH = re.compile(
    r"\b(?:what|which|who|whose|when|where|why|how|whether|wat|quel(?:le)?s?|quoi|quand|pourquoi|comment|combien|où|"
    r"à quoi|ce qu[e'])(?![\w-])",
    re.IGNORECASE,
)
# Ways to ask without a question mark: "I was wondering if", "can you tell me", "j'aimerais savoir".
INDIRECT = re.compile(
    r"\b(?:wonder(?:ing|ed)?|(?:tell|show|explain|remind|ask|asking|asked)\b.{0,12}\b(?:me|us|you|what|how|if|about)|"
    r"explain|define|describe|list|look(?:ing)? (?:up|for)|want(?:ed)? to know|need(?:ed)? to know|like to know|"
    r"curious|(?:any|some) (?:info|information|idea)|(?:do|don'?t|doesn'?t|didn'?t|not|never) (?:you )?"
    r"(?:know|understand|sure|get|explain(?:ed)?)|no idea|question (?:is|about)|"
    r"info(?:rmation)? (?:on|about)|meaning of|"
    r"(?:i|we|she|he|they)(?:'d| would)? (?:(?:also|simply|just|only|really|still) )*(?:need|want|like)(?:ed|s)? "
    r"(?:the|a|an|to (?:see|read|find|understand))|"
    r"savoir|expliqu\w+|dites|dis-moi|me demand\w+|comprend\w*|renseign\w+|cherche)\b",
    re.IGNORECASE,
)
TAG_QUESTION = re.compile(
    r"(?:,|\s)\s*(?:right|correct|yes|no|true|isn'?t it|is it|ok|or not|n'est-ce pas|non)\s*\??$", re.IGNORECASE
)
LEAD_IN = re.compile(
    rf"(?:[\w']+\s+){{0,4}}[\w']+\s*[,:–—-]\s*(?:{_OPENERS})(?![\w-])", re.IGNORECASE
)  # "One more thing, which …"
JOINT = re.compile(
    r"(?:(?:[;?!.…:]\s*|,?\s+(?:and|&|but|also|plus|or|then|et|mais|puis|aussi),?\s+(?:also,?\s+|then\s+|aussi,?\s+)?|\s+[–—-]\s+"
    rf"|\s+\(?\d[.)]\s+)(?=(?:also\s+|then\s+)?(?:{_OPENERS}|tell me|explain|dites-moi)(?![\w-]))"
    rf"|,\s+(?=(?:{_AFTER_COMMA})(?![\w-])))",
    re.IGNORECASE,
)
_ONE = r"(?<!little )(?<!loved )(?<!young )ones?"  # that points; a little one is a child
LEANING = re.compile(
    rf"\b(?:it|its|it's|they|them|their|that|this|these|those|there|{_ONE}|mine|same|he|she|him|her|"
    r"il|elle|ils|elles|ça|cela|celui|celle|ceci|leur|en|y)\b",
    re.IGNORECASE,
)
THIRD = re.compile(
    rf"\b(?:it|its|it's|they|them|their|that|this|these|those|{_ONE}|ça|cela|celui|celle)\b", re.IGNORECASE
)
THE_PAGE = re.compile(
    r"\b(?:this|that) (?:web ?)?(?:page|site|document|text|article|information|texte)\b", re.IGNORECASE
)
# "What I'd like to ask is something else": says that a question comes.
ANNOUNCES = re.compile(
    r"(?:and |but |so )?(?:what|all|the (?:one )?thing)(?: that)? (?:i|we)(?:'d| would| really| just| only| still)* "
    r"(?:like|love|want|need|wanted|meant) to (?:ask|know|find out|understand)"
    r"(?! (?:what|which|who|when|where|why|how|if|whether))[^?]*$",
    re.IGNORECASE,
)
# "it", "this drug", "cover that?": points back to what was named; "they" and "that" before a clause do not.
POINTS = re.compile(
    rf"\b(?:it|its|it's|this|these|those|{_ONE}|ça|cela|celui|celle|"
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
    r"(?:leave|forget|never ?mind|enough (?:of|about|with)|drop|skip|"
    r"laiss\w+|oubli\w+|peu importe|assez (?:de|parlé))\b",
    re.IGNORECASE,
)
CONTINUES = re.compile(
    r"\s*(?:and|but|so|or|what about|how about|what if|and if|also|then|ok|okay|thanks|no|not|et|mais|donc|sinon|"
    r"et si)\b",
    re.IGNORECASE,
)


IsName = Callable[[str], bool]


def _no_name(word: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a message. `text` is read alone; `leaning` is the same with the subject it leans on, or "";
    `named` with the name told last in the message, for "how is this drug given?" at the end of a story, or "".
    """

    text: str
    leaning: str = ""
    named: str = ""

    @property
    def about_it(self) -> bool:
        """Whether it speaks of its subject by a pronoun only: "what is it?"."""
        return bool(self.leaning and LEANING.search(self.text))

    @property
    def readings(self) -> tuple[str, ...]:
        """The texts that are looked up, of which the one that is judged surest wins.

        "how is it treated?" says nothing alone: only with what it leans on.
        """
        if self.leaning and THIRD.search(THE_PAGE.sub("", self.text)) and len(content(self.text)) <= FEW_WORDS:
            return tuple(text for text in (self.leaning, self.named) if text)
        return tuple(dict.fromkeys(text for text in (self.leaning, self.text, self.named) if text))


def sentences(text: str) -> list[str]:
    """The sentences of a cleaned text; a line end ends one, and what runs on is cut at its question words."""
    found: list[str] = []
    for line in text.split("\n"):
        for sentence in sentencex.segment("en", line):
            sentence = sentence.strip()
            if len(sentence.split()) > LONGEST_SENTENCE:
                found += _run_on(sentence)
            elif sentence:
                found.append(sentence)
    return found


def _run_on(sentence: str) -> list[str]:
    """Parts of at most LONGEST_SENTENCE words, cut before a joining word where there is one."""
    words = sentence.split()
    parts: list[list[str]] = [[]]
    for word in words:
        joins = word.lower().strip(",") in (
            "and",
            "but",
            "so",
            "then",
            "because",
            "anyway",
            "et",
            "mais",
            "donc",
            "puis",
        )
        asks = "," not in sentence and bool(WH.fullmatch(word))  # as speech is written down
        if len(parts[-1]) >= LONGEST_SENTENCE or ((joins or asks) and len(parts[-1]) >= 2 * BACKGROUND):
            parts.append([])
        parts[-1].append(word)
    return [" ".join(part) for part in parts if part]


def asks_something(sentence: str) -> bool:
    """Whether a sentence asks: by its mark, its first words, or the way it leads up to a question."""
    return (
        sentence.rstrip("\"'”») ").endswith("?")
        or bool(OPENER.match(sentence) or LEAD_IN.match(sentence))
        or bool(INDIRECT.search(sentence))
        or bool(TAG_QUESTION.search(sentence))
    )


def asks_of(text: str, history: Sequence[str] = (), is_name: IsName = _no_name) -> list[Ask]:
    """The asks of a cleaned message, in order; [] for one that only tells, at length.

    `history` holds the earlier messages, oldest first: where the subject is looked for when the first ask
    has none of its own. `is_name` knows the names (medicines, treatments) among words.
    """
    found = sentences(text)
    if not found:
        return []
    asking = [i for i, sentence in enumerate(found) if asks_something(sentence)]
    words = len(text.split())
    if not asking:
        if words > 2 * SHORT:
            return []
        asking = list(range(len(found)))
    if words <= SHORT and len(found) > 1 and not any(asks_something(sentence) for sentence in found):
        clauses = [(text.replace("\n", " "), "", 0)]
    else:
        clauses = [(part, before, i) for i in asking for part, before in _clauses(found[i])]
        clauses = [clause for clause in clauses if not ANNOUNCES.match(clause[0])] or clauses
        # Keywords before a short question belong to it: "Kymriah. what is it".
        if words <= SHORT and len(clauses) == 1 and len(found) > 1:
            clauses = [(text.replace("\n", " "), "", 0)]
    asks: list[Ask] = []
    earlier = [*history[-TURNS:]]
    for part, before, i in clauses[-MOST_ASKS:]:
        told = [*found[max(0, i - 1) : i], *([before] if before else [])]
        leaning = _leaning(part, [*earlier, *told], is_name)
        before_it = [*found[max(0, i - TOLD) : i], *told[-1:]]  # in its own sentence a name is nearer than in the story
        named = _named(part, before_it, is_name) if leaning and len(found) > 1 else ""
        asks.append(Ask(part, leaning, named))
        earlier.append(part)
    return asks


def _clauses(sentence: str) -> list[tuple[str, str]]:
    """The parts of a sentence that ask each for themselves, each with the part before it.

    "what is X and how is it given" → ("what is X", ""), ("how is it given", "what is X")
    """
    cuts = [match for match in JOINT.finditer(sentence) if match.start()]
    parts: list[str] = []
    at = 0
    for cut in cuts:
        head = sentence[at : cut.start()].strip(" ,;")
        # "which drugs, and when" asks twice; "I have a cold and is it bad" asks once, with its background.
        stands = content(head) or LEANING.search(head)
        if stands and (asks_something(head) or WH.search(head) or len(head.split()) >= BACKGROUND):
            parts.append(head)
            at = cut.end()
    parts.append(sentence[at:].strip(" ,;"))
    asking = [
        (part, parts[i - 1] if i else "")
        for i, part in enumerate(parts)
        if (content(part) or LEANING.search(part)) and (asks_something(part) or WH.search(part))
    ]
    return asking or [(sentence, "")]


def _leaning(part: str, turns: Sequence[str], is_name: IsName) -> str:
    """The ask after its subject, when it has none of its own: "and how is it given?" → "blinatumomab: and how …"."""
    own = content(part)
    points = LEANING.search(THE_PAGE.sub("", part)) or BY_ORDER.search(part)
    if not (points or CONTINUES.match(part) or (len(own) <= 1 and turns)):
        return ""
    subject = [word for word in by_order(part, turns, is_name) or subject_of(turns, is_name) if word not in own]
    return f"{' '.join(subject)}: {part}" if subject else ""


def _named(part: str, told: Sequence[str], is_name: IsName) -> str:
    """An ask about "it" or "this drug" after the name that was told last."""
    own = content(part)
    if not POINTS.search(THE_PAGE.sub("", part)) or any(map(is_name, own)):
        return ""
    for sentence in reversed(told):
        names = list(dict.fromkeys(filter(is_name, content(sentence))))
        if names:
            return f"{' '.join(names[:2])}: {part}"
    return ""


def by_order(part: str, turns: Sequence[str], is_name: IsName = _no_name) -> list[str]:
    """The subject that an ask names by its place: "the first one" after ["what is Kymriah", "and blinatumomab?"]
    gives ["kymriah"]; [] when it names none, or so many did not come up."""
    asked = BY_ORDER.search(part)
    if not asked:
        return []
    subjects: list[list[str]] = []
    for turn in turns:
        own = content(turn)
        subject = list(dict.fromkeys(filter(is_name, own))) or own
        if subject and subject not in subjects and not POINTS.search(turn) and not BY_ORDER.search(turn):
            subjects.append(subject)
    place = PLACES[(asked["en"] or asked["fr"]).lower()]
    return subjects[place][:LONGEST_SUBJECT] if -len(subjects) <= place < len(subjects) else []


def subject_of(turns: Sequence[str], is_name: IsName = _no_name) -> list[str]:
    """What the talk is about: the names in the last turn that has some, or else the content words of the last turn
    that has some; where that turn points back itself, of the one that it points to.
    ["what is blinatumomab", "how is it given"] → ["blinatumomab"]."""
    found: list[str] = []
    for turn in reversed(turns):
        if PUT_ASIDE.match(turn):
            continue
        own = content(turn)
        if names := list(dict.fromkeys(filter(is_name, own))):
            return names[:LONGEST_SUBJECT]
        found = [*own, *(word for word in found if word not in own)]
        if own and not (POINTS.search(turn) or (len(own) <= 2 and LEANING.search(turn))):
            break
    return list(dict.fromkeys(found))[:LONGEST_SUBJECT]
