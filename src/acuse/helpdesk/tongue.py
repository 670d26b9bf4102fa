"""In which language somebody writes, guessed from the commonest words; on doubt in none. Pure."""

import re

from acuse.evidence.fulltext import folded
from acuse.mail.quotes import parted


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


#: Words that one language has and the other does not, without accents; those of both ("a", "no", "me") say nothing.
_COMMON = {
    "es": _words(
        "el los las del y con una muy pero porque que de en la por para como cuando donde desde hasta hace hay este "
        "estos esta estan estoy mi mis su sus al lo le les nos ya he ha han fue era soy tengo tiene tienen quiero "
        "querria quisiera puedo pueden podrian gracias hola buenos buenas dias tardes saludo saludos usted ustedes "
        "ayer manana hoy tambien sobre sin se un es ni"
    ),
    "en": _words(
        "the of and to in is you that it was for on are with as i they be at have this from or had by but not what "
        "all were we when your can there an which how if my our please hello hi dear thanks thank would could will "
        "been it did does about any since still yesterday today regards am do"
    ),
}
#: Words of neighbours, which share many with Spanish and some with English.
_OTHERS = _words(
    "nao uma com os dos das em ao pelo pela voce obrigado obrigada muito meu minha bom isso "
    "els amb aquest aquesta meu meva gracies vostre dels bon dia molt "
    "il di che della e sono per gli nel buongiorno grazie vostro mio non "
    "les des est et une pour dans vous nous je pas qui avec sur bonjour merci au ce votre mon "
    "der die das und ist nicht ich mit ein eine fur sie auf guten danke haben mein wir zu"
)
_WORD = re.compile(r"[^\W\d_]+")
#: What mail programs set before a signature (RFC 3676 section 4.3).
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
#: A line of another's words.
_QUOTED = re.compile(r"^[ \t]{0,9}>.*$", re.MULTILINE)
#: Characters of a text, whoever wrote it and however much, that are read for a guess.
_LOOKED_THROUGH = 5_000
_LEAST_WORDS = 4
_LEAST_HITS = 3
#: Of so many words one at least is known, and known words of the language are so many times those of any other.
_SHARE = 5
_MARGIN = 3


def language_of(text: str) -> str:
    """Return "es" or "en" where a text is clearly in that language, else "".

    Args:
        text: plain text of a letter, LF; its first 5,000 characters are looked at. What it quotes of others, and a
            marked signature, are not.
    """
    new, _quoted = parted(text[:_LOOKED_THROUGH])
    own = _QUOTED.sub("", _SIGNATURE.split(new, maxsplit=1)[0])
    said = " ".join(one for one in own.split() if not _is_address(one))
    words = _WORD.findall(folded(said).lower())
    hits = {language: sum(word in known for word in words) for language, known in _COMMON.items()}
    best = max(hits, key=lambda language: hits[language])
    against = max(sum(word in _OTHERS for word in words), *(hits[other] for other in hits if other != best))
    clear = hits[best] >= max(_LEAST_HITS, _MARGIN * against) and hits[best] * _SHARE >= len(words)
    return best if clear and len(words) >= _LEAST_WORDS else ""


def _is_address(token: str) -> bool:
    """Say whether a token is of the web or of mail: its parts are no words."""
    return "@" in token or "://" in token
