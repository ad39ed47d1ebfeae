"""Deadlines and rules in French words (product.md, S19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from preau.activities.deadlines.rules import Anchor, Cell, Kind, Rule, Shift, Week
from preau.core import wording

ANCHOR_WORDS = {
    Anchor.ACTIVITY_DAY: "le jour d’accueil",
    Anchor.FIRST_BOOKED_DAY: "le premier jour réservé",
    Anchor.WEEK: "le lundi de la semaine d’accueil",
    Anchor.PERIOD_START: "le début de la période",
    Anchor.MONTH: "le premier du mois d’accueil",
}


def in_words(first_refused: datetime, *, year: bool = False) -> str:
    """Say until when one may act, given the first refused instant (aware).

    Midnight in Paris ends the day before: "dimanche 24 janvier inclus"; any other instant is
    said to the minute: "lundi 12 janvier avant 10 h". ValueError when it has no time zone.
    """
    local = wording.in_paris(first_refused)
    if local.time() == time():
        return f"{wording.day(local.date() - timedelta(days=1), year=year)} inclus"
    return f"{wording.day(local.date(), year=year)} avant {wording.hour(local.time())}"


def describe(rule: Rule) -> str:
    """Explain a rule in one French phrase that follows "jusqu'à" or "au plus tard".

    "le lundi précédent avant 10 h", "15 jours calendaires avant le début de la période". The
    usual reading (a day still counts, an hour does not) is not spelled out, the other one is.
    """
    if rule.kind is Kind.TABLE:
        words = _cells(rule)
    else:
        words = _ended(rule, PHRASES[rule.kind](rule))
        if rule.cells:
            words = f"{words} ; {_cells(rule)}"
    return words + _moved(rule)


def _anchored(rule: Rule, words: str) -> str:
    return f"{words} avant {ANCHOR_WORDS[rule.anchor]}"


def _plural(n: int, singular: str, plural: str) -> str:
    return f"{n} {plural if n > 1 else singular}"


def _counted(singular: str, plural: str) -> Callable[[Rule], str]:
    def words(rule: Rule) -> str:
        if rule.n == 0 and rule.kind is not Kind.CLEAR_DAYS:
            return ANCHOR_WORDS[rule.anchor]
        return _anchored(rule, _plural(rule.n, singular, plural))

    return words


def _working_words(rule: Rule) -> str:
    words = _counted("jour ouvré", "jours ouvrés")(rule)
    return f"{words} (sans compter les {_closed_names(rule)})"


def _ended(rule: Rule, words: str) -> str:
    """Add how the named day ends: nothing after a count of days, "inclus" after a named day."""
    if rule.kind is Kind.HOURS:
        return f"{words}, cette minute comprise" if rule.inclusive else words
    named = rule.kind is not Kind.CLEAR_DAYS and (rule.n == 0 or rule.kind is Kind.DAYS_BEFORE_AT)
    # The anchor said last would otherwise take the hour for itself.
    comma = "," if " avant " in words or " précède " in words else ""
    end = _end(words, rule.time, rule.inclusive, named=named)
    return f"{words}{comma}{end}" if end[:1] == " " else words + end


def _end(words: str, moment: time | None, inclusive: bool | None, *, named: bool = True) -> str:
    if moment is None and inclusive is False:
        return ", ce jour-là non compris"
    if moment is None:
        agreed = "incluse" if words == "la veille" else "inclus"
        return f" {agreed}" if named else ""
    hour = wording.hour(moment)
    return f" jusqu’à {hour} comprises" if inclusive else f" avant {hour}"


def _weekday_words(rule: Rule) -> str:
    name = wording.weekday_name(rule.weekday)
    if rule.kind is Kind.WEEKDAY_OF_PREVIOUS_WEEK and rule.weeks > 1:
        weeks = _plural(rule.weeks, "semaine", "semaines")
        words = f"le {name}, {weeks} avant la semaine"
        return f"{words} {WEEK_OF[rule.anchor]}"
    if rule.kind is Kind.WEEKDAY_OF_PREVIOUS_WEEK or rule.week is Week.PREVIOUS:
        return f"le {name} de la semaine qui précède celle {WEEK_OF[rule.anchor]}"
    if rule.anchor is Anchor.ACTIVITY_DAY:
        return f"le {name} précédent"
    return f"le {name} qui précède {ANCHOR_WORDS[rule.anchor]}"


def _days_at_words(rule: Rule) -> str:
    if rule.anchor is Anchor.ACTIVITY_DAY and rule.n < 2:
        return "la veille" if rule.n else "le jour même"
    return _anchored(rule, _plural(rule.n, "jour", "jours"))


def _hours_words(rule: Rule) -> str:
    hours = _plural(rule.n, "heure", "heures")
    words = _anchored(rule, hours)
    if rule.anchor is Anchor.ACTIVITY_DAY:
        words = f"{hours} avant le début de l’accueil"
    return f"{words} ({wording.hour(rule.start)})" if rule.start else words


def _month_words(rule: Rule) -> str:
    number = wording.day_number(rule.day)
    if rule.months == 1:
        return f"le {number} du mois précédent"
    return f"le {number} du mois, {_plural(rule.months, 'mois', 'mois')} plus tôt,"


def _fixed_words(rule: Rule) -> str:
    return f"le {wording.bare_day(rule.date, year=True)}" if rule.date else ""


def _cell_words(cell: Cell, inclusive: bool | None) -> str:
    if cell.weekday is None:
        names = {0: "le jour même", 1: "la veille"}
        day = names.get(cell.n) or f"{_plural(cell.n, 'jour', 'jours')} avant"
    elif cell.weeks == 1:
        day = f"le {wording.weekday_name(cell.weekday)} précédent"
    else:
        weeks = _plural(cell.weeks - 1, "semaine", "semaines")
        day = f"le {wording.weekday_name(cell.weekday)} précédent, {weeks} plus tôt,"
    return day + _end(day, cell.time, inclusive)


def _cells(rule: Rule) -> str:
    return " ; ".join(
        f"pour un {wording.weekday_name(weekday)}, {_cell_words(cell, rule.inclusive)}"
        for weekday, cell in rule.cells
    )


def _closed_names(rule: Rule) -> str:
    names = [f"{wording.weekday_name(weekday)}s" for weekday in sorted(rule.closed_days)]
    names += ["jours fériés"] if rule.public_holidays else []
    return wording.listing([*names, "jours de fermeture"])


def _moved(rule: Rule) -> str:
    if rule.shift is Shift.KEEP:
        return ""
    side = "précédent" if rule.shift is Shift.PREVIOUS else "suivant"
    closed = _closed_names(rule)
    return f" ; si cette limite tombe un jour fermé ({closed}), le jour ouvert {side}"


WEEK_OF = {
    Anchor.ACTIVITY_DAY: "de l’accueil",
    Anchor.FIRST_BOOKED_DAY: "du premier jour réservé",
    Anchor.WEEK: "de l’accueil",
    Anchor.PERIOD_START: "du début de la période",
    Anchor.MONTH: "du premier du mois d’accueil",
}

PHRASES: dict[Kind, Callable[[Rule], str]] = {
    Kind.WEEKDAY_BEFORE: _weekday_words,
    Kind.WEEKDAY_OF_PREVIOUS_WEEK: _weekday_words,
    Kind.CALENDAR_DAYS: _counted("jour calendaire", "jours calendaires"),
    Kind.CLEAR_DAYS: _counted("jour franc", "jours francs"),
    Kind.WORKING_DAYS: _working_words,
    Kind.HOURS: _hours_words,
    Kind.DAYS_BEFORE_AT: _days_at_words,
    Kind.WEEKS_BEFORE: _counted("semaine", "semaines"),
    Kind.MONTHS_BEFORE: _counted("mois", "mois"),
    Kind.DAY_OF_PREVIOUS_MONTH: _month_words,
    Kind.FIXED: _fixed_words,
}
