"""The deadline engine: rules as data, first refused instants, French words.

Pure: no model, no database, no clock, no request. ``docs/regles.md`` is the reference of the
JSON. A deadline is the **first refused instant**: "until Monday 10:00" is 10:00:00 itself,
"until Sunday" is the midnight that ends it.
"""

from preau.activities.deadlines.compute import first_refused
from preau.activities.deadlines.parsing import load_rule, parse_day, parse_hour, parse_rule
from preau.activities.deadlines.rules import Anchor, DeadlineRuleError, Kind, Rule, Shift, Week
from preau.activities.deadlines.words import describe, in_words

HOLIDAY_DEFAULT = parse_rule(
    {"kind": "calendar_days", "n": 15, "anchor": "period_start", "inclusive": True}
)
"""Holidays (S19): 15 calendar days before the period, day D-15 itself still free."""

WEDNESDAY_DEFAULT = parse_rule({"kind": "weekday_before", "weekday": "monday", "time": "10:00"})
"""Wednesdays (S19): book and cancel until Monday 10:00."""

__all__ = [
    "HOLIDAY_DEFAULT",
    "WEDNESDAY_DEFAULT",
    "Anchor",
    "DeadlineRuleError",
    "Kind",
    "Rule",
    "Shift",
    "Week",
    "describe",
    "first_refused",
    "in_words",
    "load_rule",
    "parse_day",
    "parse_hour",
    "parse_rule",
]
