"""The asks of a message: the questions in it, each readable alone, with what it leans on.

"She rang the bell in May. What is Kymriah and how much does it cost?" holds two asks, "What is Kymriah"
and "how much does it cost", of which the second leans on the first for its subject.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.reading.asking import INSIDE, OPENER, OPENERS, TURNED, asks_something, sentences, surely_asks
from index.reading.subjects import LEANING, ONE, THE_PAGE, Says, is_verdict, leaning_of, named_of, nothing
from index.reading.text import content

MOST_ASKS = 8  # of one message that are read; a longer list is cut, which is said
TURNS = 6  # earlier turns in which the subject is looked for
SHORT = 14  # words up to which a message is one ask, whether it asks or names
FEW_WORDS = 2  # content words up to which an ask about "it" cannot stand alone
TOLD = 12  # sentences of a story in which the name that "this drug" stands for is looked for
BACKGROUND = 6  # words from which a part of a sentence can stand apart

# After a bare comma "when", "which" and "who" mostly go on with the same question.
_AFTER_COMMA = (
    r"what(?:'?s)?|how|why|can|could|does|do|did|will|would|should|is|are|wat|quel(?:le)?s?|comment|combien|est-ce"
)
JOINT = re.compile(
    r"(?:(?:[;?!.…:]\s*|,?\s+(?:and|&|but|also|plus|or|then|et|mais|puis|aussi),?\s+"
    r"(?:also,?\s+|then\s+|aussi,?\s+)?|\s+[–—-]\s+"
    r"|\s+\(?\d[.)]\s+)(?=(?:also\s+|then\s+|if (?:so|yes|not),?\s+|si oui,?\s+)?"
    rf"(?:{OPENERS}|tell me|explain|dites-moi)(?![\w-]))"
    rf"|,\s+(?=(?:{_AFTER_COMMA})(?![\w-]))"
    r"|,?\s+(?:and also|et aussi),?\s+(?=[^?!.]*\b(?:what|which|who|when|where|why|how|quels?|quelles?|quoi|qui|"
    r"comment|combien|où)(?![\w-])))",
    re.IGNORECASE,
)
# "… or what": asks nothing of its own.
TAIL = re.compile(r"what\W*", re.IGNORECASE)
# "If it is that kind, is it used": a condition, which the question behind its comma cannot do without.
UNDER = re.compile(
    r"(?:(?:and|but|so|ok(?:ay)?|et|mais|ou)[\s,]+)?(?:if|when|once|since|because|for|of|with|among|in|"
    r"si|s'il|quand|lorsque?|comme|pour|parmi|chez|avec|dans) ",
    re.IGNORECASE,
)
THIRD = re.compile(
    rf"\b(?:it|its|it's|they|them|their|that|this|these|those|{ONE}|ça|cela|celui|celle)\b", re.IGNORECASE
)
# "What I'd like to ask is something else": says that a question comes.
ANNOUNCES = re.compile(
    r"(?:and |but |so )?(?:what|all|the (?:one )?thing)(?: that)? (?:i|we)(?:'d| would| really| just| only| still)* "
    r"(?:like|love|want|need|wanted|meant) to (?:ask|know|find out|understand)"
    r"(?! (?:what|which|who|when|where|why|how|if|whether))[^?]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a message. `text` is read alone; `leaning` is the same with the subject it leans on, or "";
    `named` with the name told last in the message, for "how is this drug given?" at the end of a story, or with the
    subject as it was before the turn that this one leans on, or "".
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
        says_little = THIRD.search(THE_PAGE.sub("", self.text)) and len(content(self.text)) <= FEW_WORDS
        if self.leaning and (says_little or is_verdict(self.text)):
            return tuple(text for text in (self.leaning, self.named) if text)
        return tuple(dict.fromkeys(text for text in (self.leaning, self.text, self.named) if text))


def asks_of(text: str, history: Sequence[str] = (), says: Says = nothing) -> list[Ask]:
    """The asks of a cleaned message, in order; [] for one that only tells, at length.

    `history` holds the earlier messages, oldest first: where the subject is looked for when the first ask
    has none of its own. `says` knows names (medicines, treatments) and terms among words.
    """
    found = sentences(text)
    if not found:
        return []
    words = len(text.split())
    asking = [i for i, sentence in enumerate(found) if asks_something(sentence)]
    if words > 2 * SHORT:
        turned = (i for i, sentence in enumerate(found) if TURNED.search(sentence))
        asking = [i for i in asking if surely_asks(found[i])] or asking or list(turned)
    if not asking:
        # Who writes more than a line and asks nothing in any part of it tells something.
        if words > 2 * SHORT or (words > SHORT and len(found) > 1 and not any(map(_asks, found))):
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
        if told and is_verdict(part):
            asks.append(Ask(part, leaning=told[-1]))  # whether that is so
            continue
        leaning, root = leaning_of(part, [*earlier, *told], says)
        before_it = [*found[max(0, i - TOLD) : i], *told[-1:]]  # in its own sentence a name is nearer than in the story
        named = (named_of(part, before_it, says) if leaning and len(found) > 1 else "") or root
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
        if is_verdict(sentence[cut.end() :]) or TAIL.fullmatch(sentence[cut.end() :]):
            break  # "…, is that right?" asks of what stands before it, and "or what" of nothing else
        head = sentence[at : cut.start()].strip(" ,;")
        # "which drugs, and when" asks twice; "I have a cold and is it bad" asks once, with its background.
        # "If it is the T-cell kind, is it used" asks once, under its condition.
        stands = (content(head) or LEANING.search(head)) and not (cut.group().strip() == "," and UNDER.match(head))
        if stands and (_asks(head) or len(head.split()) >= BACKGROUND):
            parts.append(head)
            at = cut.end()
    parts.append(sentence[at:].strip(" ,;"))
    asking = [
        (part, parts[i - 1] if i else "")
        for i, part in enumerate(parts)
        if (content(part) or LEANING.search(part)) and _asks(part)
    ]
    return asking or [(sentence, "")]


def _asks(part: str) -> bool:
    """Whether a part of a sentence that asks does so itself: "if it came back there, will they do radiation"; not
    "the children who had it early"."""
    under = UNDER.match(part) and any(OPENER.match(rest.strip()) for rest in part.split(",")[1:])
    return asks_something(part) or bool(under or INSIDE.search(part) or TURNED.search(part))
