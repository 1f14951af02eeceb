"""Text as it is read: cleaned, cut into words, folded; which words are words, and how rare they are."""

import functools
import math
import re
import unicodedata

import Stemmer
from anyascii import anyascii
from spellchecker import SpellChecker

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*\+?|[^\W_]")
PIECE = re.compile(r"[^\W_]+|[+/]")
TAG = re.compile(r"<[^<>]{0,500}>")
LONGEST = 20_000  # code points that are read; what comes after is said not to be
RAREST = 8.0  # -log10 of a frequency from which on a word counts as never used
LEAST = 1e-7  # share that a word has in a language that lacks it
_stemmer = Stemmer.Stemmer("english")

# Words that carry no subject: what an ask is made of besides what it is about.
FUNCTION_WORDS = frozenset(
    """a an the and or but nor of to in on at for from by with about as into onto over under out up down off is are was
    were be been being am do does did doing done have has had having i me my mine we us our ours you your yours he him
    his she her hers it its they them their theirs this that these those there here what which who whom whose when where
    why how can could will would should shall may might must not no nor if then so than because while also too very just
    only even still yet any some all both each every more most much many few other another such same own again now today
    get gets got getting give gives given giving go goes going gone come comes coming make makes made take takes taken
    use used uses using know tell say says said mean means meant let want wants wanted need needs needed like please
    thanks thank hi hello ok okay yes yeah yep sorry thing things something anything everything someone anyone one ones
    way kind sort bit lot really actually exactly maybe perhaps kid kids child children son daughter doctor doctors page
    document s t m re ve ll d don im ive id whats hows wheres shes hes theyre isnt doesnt dont cant wont didnt wasnt tho
    though u ur r pls plz wat wot got gonna wanna
    le la les un une des du de d l et ou mais que qui quoi quel quelle quels quelles est sont c ce cet cette ces il
    elle on nous vous ils elles je j me m te t se s son sa ses mon ma mes notre votre leur y en ne pas plus pour par
    avec dans sur comment quand pourquoi combien""".split()  # noqa: SIM905
)


def clean(question: str) -> str:
    """Control characters, mark-up and odd blanks out; letters in their compatibility form; line ends kept.

    At most LONGEST code points are read.
    """
    text = question[:LONGEST].encode("utf-8", "replace").decode("utf-8")
    text = TAG.sub(" ", unicodedata.normalize("NFKC", text)).replace("’", "'")
    text = "".join(c if c == "\n" else " " if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") else c for c in text)
    return "\n".join(line for line in (" ".join(row.split()) for row in text.split("\n")) if line)


def has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def folded(text: str) -> str:
    """Lower case without accents: é → e, œ → oe."""
    return anyascii(text).lower()


def words(text: str) -> list[str]:
    """Folded words: "Kymriah's T-cells" → ["kymriah's", "t-cells"]."""
    return [folded(word) for word in WORD.findall(text)]


def pieces(text: str) -> list[tuple[int, int, str]]:
    """Spans of the smallest pieces that a vocabulary key is made of: l'enfant → l, enfant."""
    return [(m.start(), m.end(), m.group().lower()) for m in PIECE.finditer(text)]


def content(text: str) -> list[str]:
    """The folded pieces that carry a subject, in order: "what is a stem cell?" → ["stem", "cell"]."""
    return [piece for _, _, piece in pieces(folded(text)) if piece not in FUNCTION_WORDS and piece not in "+/"]


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Porter's stem: "transplants" → "transplant"."""
    return str(_stemmer.stemWord(word))


@functools.cache
def dictionary(language: str) -> SpellChecker:
    return SpellChecker(language=language)


def frequency(word: str, language: str) -> float:
    """Share of this word among all words of the language; a little for one that it lacks."""
    return max(float(dictionary(language).word_usage_frequency(word)), LEAST)


def is_word(word: str, languages: tuple[str, ...] = ("en", "fr")) -> bool:
    """Whether a dictionary has the word, French without its accents too: "etapes"."""
    return any(word in dictionary(language) for language in languages) or ("fr" in languages and word in _unaccented())


@functools.cache
def _unaccented() -> frozenset[str]:
    accented = "\n".join(word for word in dictionary("fr").word_frequency.words() if not word.isascii())
    return frozenset(unicodedata.normalize("NFD", accented).encode("ascii", "ignore").decode("ascii").split("\n"))


@functools.lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """How much a word says, from 0.05 (the commonest) to 1 (in no English dictionary): -log10 of its share / RAREST."""
    return _rare(float(dictionary("en").word_usage_frequency(word)))


@functools.lru_cache(maxsize=50_000)
def strangeness(word: str) -> float:
    """The same in the language, of English and French, that uses the word more."""
    return _rare(max(float(dictionary(language).word_usage_frequency(word)) for language in ("en", "fr")))


def _rare(share: float) -> float:
    return min(1.0, max(0.05, -math.log10(share or 10**-RAREST) / RAREST))


Phrases = dict[tuple[str, ...], str]


def phrases(table: dict[str, str]) -> Phrases:
    return {tuple(piece for _, _, piece in pieces(key)): value for key, value in table.items()}


def replaced(text: str, table: Phrases) -> str:
    """`text` with each longest run of pieces that is a key of `table` in place of its value."""
    if not table:
        return text
    parts = pieces(text)
    longest = max(map(len, table))
    out: list[str] = []
    at = i = 0
    while i < len(parts):
        for size in range(min(longest, len(parts) - i), 0, -1):
            key = tuple(piece for _, _, piece in parts[i : i + size])
            if key in table:
                out += [text[at : parts[i][0]], table[key]]
                at = parts[i + size - 1][1]
                i += size
                break
        else:
            i += 1
    return " ".join("".join([*out, text[at:]]).split())
