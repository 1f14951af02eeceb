"""python -m tests.recipes.usual_words > corpus/general/usual-words.txt

Makes the lists of usual words from the dictionaries of pyspellchecker (MIT). They are only read here: reading five of
them takes a second in which nothing else can answer, and most of what they hold is rare.
"""

import math
import sys
from itertools import groupby

from spellchecker import SpellChecker

NEIGHBOURS = ("es", "pt", "de", "it", "nl")  # languages that share letters with English and French
USUAL = 1e-6  # share of all words from which one is usual
HEAD = """\
# Usual words: a language, the natural logarithm of the share that a word has of all its words, and the words with it.
# From pyspellchecker (MIT licence), https://github.com/barrust/pyspellchecker, whose lists come from OpenSubtitles.
# Made by tests/recipes/usual_words.py.
"""


def lines_of(language: str) -> list[str]:
    words = SpellChecker(language=language).word_frequency
    total = words.total_words
    shares = {word: count / total for word, count in words.dictionary.items() if " " not in word}
    usual = sorted((-round(math.log(share), 2), word) for word, share in shares.items() if share >= USUAL)
    by_share = groupby(usual, key=lambda pair: pair[0])
    return [f"{language} {-share:.2f} {' '.join(word for _, word in alike)}" for share, alike in by_share]


if __name__ == "__main__":
    sys.stdout.write(HEAD + "".join(f"{line}\n" for language in NEIGHBOURS for line in lines_of(language)))
