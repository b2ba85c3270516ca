"""How hard a text is to read, in English and in Spanish.

English: grade level of Flesch and Kincaid (Kincaid et al., Derivation of new readability formulas,
Naval Technical Training Command, Research Branch Report 8-75, 1975). Syllables are counted by
groups of vowels with a few corrections; over the leaflets the sum was within 1% of that of the CMU
Pronouncing Dictionary, single words differ both ways.

Spanish: index of Flesch and Szigriszt (Szigriszt Pazos, Sistemas predictivos de legibilidad del
mensaje escrito, Universidad Complutense de Madrid, 1993), read on the INFLESZ scale
(Barrio-Cantalejo et al., An Sist Sanit Navar 2008;31:135-52): under 40 very hard, to 55 somewhat
hard, to 65 normal, to 80 quite easy, above very easy. Spanish spelling tells the syllables.
"""

import itertools
import re
from collections.abc import Callable, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
# Vowels that are not spoken: an e at the end (but little), in -es, in -ed, and before an ending.
_SILENT = (
    r"(?<=[^aeiouy])(?<![^aeiouyl]l)e$",
    r"(?<=[^aeiouyscgxz])(?<![^aeiouyl]l)es$",
    r"(?<=[^aeiouytd])(?<![^aeiouyl]l)ed$",
    r"(?<=[^aeiouy])e(?=(?:ful|less|ly|ment|ness)$)",
)
# Vowels that stand together and are spoken apart.
_APART = (
    r"(?<![ctsx])i(?=[aeo])(?!e[sd]?$)",
    r"(?<=[aeiouy])(?=ing$)",
    r"u(?=a[lt])",
    r"(?<=sc)i(?=e)",
    r"ism$",
)
_STRONG, _HIATUS = "aeoáéó", "íú"


def words(text: str) -> list[str]:
    """Every word; a number counts as none, an abbreviation as one."""
    return _WORD.findall(text)


def sentences(paragraphs: Sequence[str]) -> list[list[str]]:
    """The words of each sentence; the end of a list item or paragraph ends one."""
    parts = (part for paragraph in paragraphs for part in _SENTENCE.split(paragraph))
    return [found for part in parts if (found := words(part))]


def english_syllables(word: str) -> int:
    """Groups of vowels, less those not spoken, more those spoken apart; a hyphen parts words."""
    return sum(_spoken(part) for part in re.split(r"[-'’]", word.lower()) if len(part) > 1) or 1


def _spoken(text: str) -> int:
    count = len(re.findall(r"[aeiouy]+", text))
    count -= sum(len(re.findall(rule, text)) for rule in _SILENT)
    count += sum(len(re.findall(rule, text)) for rule in _APART)
    return max(count, 1)


def spanish_syllables(word: str) -> int:
    """Groups of vowels, parted between strong ones and at an accented i or u."""
    text = re.sub(r"(?<=[gq])u(?=[eiéí])", "", word.lower())
    text = re.sub(r"y(?![aeiouáéíóú])", "i", text)
    count = 0
    for group in re.findall(r"[aeiouáéíóúü]+", text):
        pairs = itertools.pairwise(group)
        apart = ((a in _STRONG and b in _STRONG) or a in _HIATUS or b in _HIATUS for a, b in pairs)
        count += 1 + sum(apart)
    return max(count, 1)


def grade(paragraphs: Sequence[str]) -> float:
    """The US school grade that reads an English text with ease: age 12 is grade 6 to 7."""
    length, syllables = _rates(paragraphs, english_syllables)
    return 0.39 * length + 11.8 * syllables - 15.59


def ease(paragraphs: Sequence[str]) -> float:
    """The Flesch-Szigriszt index of a Spanish text; higher is easier."""
    length, syllables = _rates(paragraphs, spanish_syllables)
    return 206.835 - 62.3 * syllables - length


def _rates(paragraphs: Sequence[str], count: Callable[[str], int]) -> tuple[float, float]:
    """Words in a sentence, and syllables in a word."""
    found = sentences(paragraphs)
    total = [word for sentence in found for word in sentence]
    return len(total) / len(found), sum(map(count, total)) / len(total)
