"""Sentences, and whether one asks: by its mark, its first words, or the way it leads up to a question."""

import re

import sentencex

LONGEST_SENTENCE = 45  # words; what runs on longer (speech has no full stops) is cut at its question words
SHORTEST_PART = 12  # words of what is cut off

OPENERS = (
    r"what(?:'?s)?|which|who(?:m|se|'?s)?|when(?:'?s)?|where(?:'?s)?|why|how(?:'?s)?|wat|wot|"
    r"is|are|was|were|do|does|did|can|could|will|would|should|shall|may|might|has|have|had|isn'?t|aren'?t|doesn'?t|"
    r"don'?t|can'?t|won'?t|"
    r"qu'?est-ce|qu'?|que|quoi|quel(?:le)?s?|qui|quand|où|pourquoi|comment|combien|est-ce|y a-t-il|"
    r"whether|peut-(?:on|il|elle)|faut-il|a-t-(?:on|il|elle)|c'est quoi|pour qui|à qui|à quoi|de quoi|avec quoi"
)
OPENER = re.compile(rf"(?:and|but|so|also|then|or|et|mais|alors|aussi)?[\s,]*(?:{OPENERS})(?![\w-])", re.IGNORECASE)
# These ask in the middle of a sentence as well; the others mostly say there of whom or when.
ASKING = r"what|why|how|whether|wat|quel(?:le)?s?|quoi|pourquoi|comment|combien|à quoi|ce qu[e']"
INSIDE = re.compile(
    rf"\b(?:{ASKING})(?![\w-])"
    r"|(?:^|[:,–—-]\s*)(?:for|in|with|of|to|at|from|by|on|under) (?:which|whom|whose)\b",
    re.IGNORECASE,
)
WH = re.compile(rf"\b(?:{ASKING}|which|who|whose|when|where|quand|où)(?![\w-])", re.IGNORECASE)
# Ways to ask without a question mark: "I was wondering if", "can you tell me", "j'aimerais savoir".
INDIRECT = re.compile(
    r"\b(?:wonder(?:ing|ed)?|(?:tell|show|explain|remind|ask|asking|asked)\b.{0,12}\b(?:me|us|you|what|how|if|about)|"
    r"explain|define|describe|(?<!the )(?<!a )(?<!her )(?<!his )list|look(?:ing)? (?:up|for)|want(?:s|ed)? to know|"
    r"need(?:ed)? to know|like to know|curious|(?:any|some) (?:info|information|idea)|"
    r"(?:do|don'?t|doesn'?t|didn'?t|not|never) (?:you )?(?:know|understand|sure|get|explain(?:ed)?)|no idea|"
    r"question (?:is|about)|info(?:rmation)? (?:on|about)|meaning of|"
    r"(?:i|we|she|he|they)(?:'d| would)? (?:(?:also|simply|just|only|really|still) )*(?:need|want|like)(?:ed|s)? "
    r"(?:the|a|an|to (?:see|read|find|understand))|"
    r"savoir|expliqu\w+|dites|dis-moi|me demand\w+|comprend\w*|renseign\w+|cherche)\b",
    re.IGNORECASE,
)
# The surest of them: the writer's own wish to know, with what is to be known. In a story that asks like this or with
# its mark, "he asked me if" and "I don't know what to wear" tell something.
WISH = re.compile(
    r"(?:\b(?:i|we)(?:'d|'m|'ve| am| was| would| will| do| did| just| only| also| simply| really| still| again| like| "
    r"love| want| wanted| need| needed| to be able)* "
    r"(?:wonder(?:ing|ed)?|curious|to (?:know|see|understand|learn|hear|find out))|"
    r"\b(?:(?:tell|show|explain to|remind) (?:me|us)|je (?:me demand\w+|voulais|veux|voudrais)|j'aimerais|"
    r"(?:my|the|one) question is|ma question))\b[^.!?]{0,60}?"
    r"\b(?:what|which|who|whose|when|where|why|how|if|whether|quel(?:le)?s?|quoi|quand|pourquoi|"
    r"comment|combien|où|ce qu[ei']|si|de quoi)(?![\w-])",
    re.IGNORECASE,
)
# The same of somebody who is spoken for: "she wants to know whether boys have it", not "he wants to know what for".
PASSED_ON = re.compile(
    r"\b(?:wants to (?:know|understand|find out)|"
    r"(?:is|are|caller|mom|mum|mother|dad|father|parents?|family) (?:asking|wondering))\b[^.!?]{0,20}?"
    r"\b(?:what|which|who|whose|when|where|why|how|if|whether)(?:[ ,]+[\w'’-]+){3}",
    re.IGNORECASE,
)
# French turns a verb and its subject round, and joins them, only to ask: "va-t-on refaire la chimio"; not in "dit-il".
FRENCH = re.compile(
    r"\b(?:est-ce qu|qu'est-ce|c'est quoi|(?:pouvez|pourriez|avez|auriez|savez|êtes)-vous|"
    r"(?!dit-|dis-|répond|demand|pens|cri|suis-je dit)[a-zà-ÿ]+-(?:t-)?(?:il|elle|on|ils|elles|je|tu)"
    r"(?! (?:dit|demandé|répondu|crié))(?![\w-]))",
    re.IGNORECASE,
)
# English does so too, but after "so" and "nor" as well, and "is that" may tell: looked for where nothing else
# asks, and in the parts of what does.
TURNED = re.compile(
    r"(?<!\bso )(?<!\bnor )(?<!\bas )(?<!\bthan )(?<!\bneither )"
    r"\b(?:am i (?:too|still|allowed|able)|"
    r"(?:do|does|did|can|could|will|would|should|shall) (?:i|we|you|he|she|it|they)"
    r"|(?:is|are|was|were) (?:it|he|she|they|this|that|these|those|there) (?:what|why|how|when|because|true|normal|"
    r"ok(?:ay)?|safe|possible)|(?:is|are) (?:it|they|there|these|those) (?:the|an?|any|like|used|given|something))"
    r"(?![\w'-])",
    re.IGNORECASE,
)
TAG_QUESTION = re.compile(
    r"(?:,|\s)\s*(?:right|correct|yes|no|true|isn'?t it|is it|ok|or not|n'est-ce pas|non)\s*\??$", re.IGNORECASE
)
LEAD_IN = re.compile(
    rf"(?:[\w']+\s+){{0,4}}[\w']+\s*[,:–—-]\s*(?:{OPENERS})(?![\w-])", re.IGNORECASE
)  # "One more thing, which …"


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
    for place, word in enumerate(words):
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
        asks = "," not in sentence and bool(WH.fullmatch(word)) and place + 1 < len(words)  # as speech is written down
        if len(parts[-1]) >= LONGEST_SENTENCE or ((joins or asks) and len(parts[-1]) >= SHORTEST_PART):
            parts.append([])
        parts[-1].append(word)
    return [" ".join(part) for part in parts if part]


def asks_something(sentence: str) -> bool:
    """Whether a sentence asks: by its mark, its first words, or the way it leads up to a question."""
    return (
        sentence.rstrip("\"'”») ").endswith("?")
        or bool(OPENER.match(sentence) or LEAD_IN.match(sentence))
        or bool(INDIRECT.search(sentence) or FRENCH.search(sentence))
        or bool(TAG_QUESTION.search(sentence))
    )


def surely_asks(sentence: str) -> bool:
    """Whether it asks even among others that do."""
    marked = sentence.rstrip("\"'”») ").endswith("?")
    return marked or any((OPENER.match(sentence), *(way.search(sentence) for way in (WISH, PASSED_ON, FRENCH))))
