"""The words of telephone exchanges: what they call their columns, and how a call ended. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from acuse.contacts.rules import plain

MOST_HEADING = 80
_MOST_WORD = 60
FIELDS = ("started", "time", "line", "number", "result", "waited", "talked", "total", "agent", "outcome", "reference")
"""What a column may say. `time` is an hour beside the day in `started`; `total` is waiting and talking together."""
#: Without a row of headings, as Asterisk's Master.csv is written (cdr_csv.c); later releases add three columns.
ASTERISK = (
    *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start"),
    *("answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "linkedid"),
    *("peeraccount", "sequence"),
)
ASTERISK_RESULT = 14
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "started": (
        *("start", "calldate", "started at", "started", "start time", "date", "datetime", "date time", "timestamp"),
        *("fecha", "fecha y hora", "fecha hora", "inicio", "hora de inicio", "fecha inicio", "fecha de inicio", "dia"),
    ),
    "time": ("time", "hora"),
    "line": (
        *("line", "linea", "did", "dnis", "dst", "called", "called number", "destination", "destino", "queue", "cola"),
        *("numero llamado", "numero de destino", "numero destino"),
    ),
    "number": (
        *("number", "src", "caller", "caller id", "callerid", "cid", "from", "clid", "caller number", "phone", "ani"),
        *("numero", "origen", "numero de origen", "numero origen", "llamante", "telefono", "numero llamante"),
    ),
    "result": ("result", "disposition", "status", "state", "call status", "resultado", "estado", "disposicion"),
    "waited": (
        *("waited", "wait", "wait time", "waiting time", "ring time", "hold time", "holdtime", "ringing"),
        *("espera", "tiempo de espera", "tiempo espera", "segundos de espera"),
    ),
    "talked": (
        *("talked", "billsec", "talk time", "talking time", "talk", "conversation", "conversacion"),
        *("tiempo de conversacion", "duracion de la conversacion", "tiempo hablado", "segundos hablados"),
    ),
    "total": ("duration", "total", "call duration", "duracion", "duracion total", "tiempo total"),
    "agent": ("agent", "member", "answered by", "operator", "agente", "operador", "atendida por", "miembro"),
    "outcome": ("outcome", "notes", "comments", "comment", "notas", "observaciones", "comentarios", "que paso"),
    "reference": (
        *("reference", "uniqueid", "unique id", "call id", "callid", "linkedid", "id"),
        *("referencia", "identificador", "id de llamada", "id llamada"),
    ),
}
_RESULT_WORDS: Mapping[str, tuple[str, ...]] = {
    "answered": (
        *("answered", "answer", "completed", "complete", "connected", "completecaller", "completeagent"),
        *("atendida", "contestada", "respondida", "completada", "contestado", "atendido"),
    ),
    "lost": (
        *("lost", "no answer", "noanswer", "busy", "failed", "missed", "congestion", "unanswered", "ringnoanswer"),
        *("not answered", "exitwithtimeout", "chanunavail"),
        *("perdida", "no contestada", "no atendida", "ocupado", "ocupada", "fallida", "sin respuesta", "congestion"),
    ),
    "abandoned": ("abandoned", "abandon", "cancel", "cancelled", "canceled", "hangup", "abandonada", "colgada"),
}
_BY_HEADING = {heading: name for name, headings in _HEADINGS.items() for heading in headings}
_BY_WORD = {word: result for result, words in _RESULT_WORDS.items() for word in words}


def guess_columns(headings: Sequence[str]) -> tuple[str, ...]:
    """Return what each column seems to say; of several that say the same, the best-known heading counts."""
    by_field: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = _BY_HEADING.get(_heading(heading))
        if name is None:
            continue
        known = _HEADINGS[name]
        if name not in by_field or known.index(_heading(heading)) < known.index(_heading(headings[by_field[name]])):
            by_field[name] = place
    places = {place: name for name, place in by_field.items()}
    return tuple(places.get(place, "") for place in range(len(headings)))


def is_heading(cell: str) -> bool:
    """Tell whether a cell is the heading of a column that is known."""
    return _heading(cell) in _BY_HEADING


@lru_cache(maxsize=1024)
def word_of(cell: str) -> str:
    """Return a word of result as it is compared."""
    return plain(cell)[:_MOST_WORD]


def meaning(word: str) -> str:
    """Return what a word of result means by itself, of `RESULTS`; "" where nothing is known of it."""
    return _BY_WORD.get(word.replace("_", " ").replace("-", " "), "")


def _heading(text: str) -> str:
    words = plain(text[:MOST_HEADING])
    for sign in "-_/.":
        words = words.replace(sign, " ")
    return " ".join(words.split())
