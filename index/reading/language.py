"""Which language a message is in: English or French by how often each uses its words, else another one."""

import functools
import math
import unicodedata
from pathlib import Path

from index.reading.text import LEAST, folded, frequency, is_word, pieces

USUAL_WORDS = Path(__file__).parents[2] / "corpus" / "general" / "usual-words.txt"
STRONGEST = 4.0  # no single word decides a language by more than this log ratio
UNACCENTED = 2.0  # evidence of a French word written without its accents
PRIOR = 1.5  # of English: a word or two that both languages share is no evidence
SURE = 0.9  # probability from which the identifier is believed
FEWEST = 3  # words from which on another language is looked for
SCRIPTS = {
    "ARABIC": "ar", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "GURMUKHI": "pa",
    "DEVANAGARI": "hi", "HEBREW": "he", "THAI": "th", "GREEK": "el", "CYRILLIC": "ru", "TAMIL": "ta",
    "BENGALI": "bn", "GUJARATI": "gu", "ETHIOPIC": "am", "ARMENIAN": "hy", "GEORGIAN": "ka",
}  # fmt: skip


def of(text: str, names: frozenset[str], french: frozenset[str]) -> str:
    """ISO 639-1 code. `names` are spelt alike everywhere and decide nothing; `french` are unaccented French words."""
    if script := _script(text):
        return script
    evidence = 0.0
    unknown = 0
    found = list(dict.fromkeys(piece for _, _, piece in pieces(text) if piece not in names and piece.isalpha()))
    for word in found:
        ratio = math.log(frequency(word, "fr") / frequency(word, "en"))
        # The French dictionary has accents, which people leave out; the vocabulary has none.
        bare = folded(word) in french and not is_word(word)
        unknown += not bare and not is_word(word)
        evidence += UNACCENTED if bare else max(-STRONGEST, min(STRONGEST, ratio))
    if len(found) >= FEWEST and (other := _other(text, found, unknown)):
        return other
    return "fr" if evidence > PRIOR else "en"


def _script(text: str) -> str:
    """The language that most letters' script stands for, when that script is not Latin."""
    if text.isascii():
        return ""
    counts: dict[str, int] = {}
    letters = [c for c in text[:400] if c.isalpha()]
    for letter in letters:
        name = unicodedata.name(letter, "").partition(" ")[0]
        counts[SCRIPTS.get(name, "")] = counts.get(SCRIPTS.get(name, ""), 0) + 1
    # Japanese mixes its own scripts with Chinese signs.
    best = "ja" if counts.get("ja") else max(counts, key=lambda code: counts[code], default="")
    if not best or (counts[best] * 2 < len(letters) and best != "ja"):
        return ""
    if best == "ru" and any(c in text for c in "іїєґІЇЄҐ"):
        return "uk"
    if best == "ar" and any(c in text for c in "ٹڈڑےں"):
        return "ur"
    return "fa" if best == "ar" and any(c in text for c in "پچژگ") else best


def _other(text: str, found: list[str], unknown: int) -> str:
    """A third language in Latin letters, when its words are more usual than English and French ones."""
    if unknown * 3 < len(found):
        return ""
    code, probability = _identifier().classify(text)
    if probability >= SURE and code in ("en", "fr"):
        return ""
    ours = sum(max(math.log(frequency(word, "en")), math.log(frequency(word, "fr"))) for word in found)
    scores = {
        code: sum(shares.get(word, math.log(LEAST)) for word in found) - ours for code, shares in _usual_words().items()
    }
    best = max(scores, key=lambda code: scores[code])
    if scores[best] > 2 * STRONGEST:
        return best
    if unknown * 2 < len(found):
        return ""
    return str(code) if probability >= SURE and code not in ("en", "fr", "la") else ""


@functools.cache
def _usual_words() -> dict[str, dict[str, float]]:
    """Of each language that shares letters with English and French the usual words, each with the logarithm of its
    share; the file says where they come from."""
    found: dict[str, dict[str, float]] = {}
    for line in USUAL_WORDS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, share, *words = line.split(" ")
            found.setdefault(code, {}).update(dict.fromkeys(words, float(share)))
    return found


@functools.cache
def _identifier():  # type: ignore[no-untyped-def]
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
