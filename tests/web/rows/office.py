"""Who may go where: addresses of periods, requests and prices."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    ALL_STAFF,
    BACK,
    FILES,
    INVALID,
    LEAVES,
    NOT_POSTED,
    OFFICE,
    PLATANES,
    PRICED,
    REFUSED,
    STAFF,
    TILLEULS,
    Row,
    alone,
    for_both,
    instead,
)

ROWS: dict[str, dict[str, Row]] = {
    "office:tariffs": alone(PRICED),
    "office:new_tariff": alone(PRICED, instead(PRICED, 422)),
    "office:simulator": alone(PRICED),
    "office:tariff": for_both(lambda it: it.tariff, FILES, INVALID),
    "office:tariff_file": for_both(lambda it: it.tariff, FILES),
    "office:tariff_changes": for_both(lambda it: it.tariff, FILES),
    "office:today": alone(ALL_STAFF),
    "office:me": alone(ALL_STAFF),
    "office:periods": alone(STAFF),
    "office:board": for_both(lambda it: it.period, OFFICE),
    "office:decide": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, 400), instead(PLATANES, 400)),
    ),
    "office:validate": for_both(
        lambda it: it.period, OFFICE, (instead(TILLEULS, 409), instead(PLATANES, 409))
    ),
    "office:propose": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, LEAVES), instead(PLATANES, LEAVES)),
    ),
    "office:correct": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, 400), instead(PLATANES, 400)),
    ),
    "office:offer": for_both(
        lambda it: it.period,
        (NOT_POSTED, NOT_POSTED),
        (instead(TILLEULS, LEAVES), instead(PLATANES, LEAVES)),
    ),
    "office:shift": for_both(lambda it: it.period, (NOT_POSTED, NOT_POSTED), BACK),
    "office:board_news": for_both(
        lambda it: it.period, (instead(TILLEULS, 204), instead(PLATANES, 204))
    ),
    "office:request": for_both(lambda it: it.request, OFFICE),
    "office:period_trace": for_both(lambda it: it.period, OFFICE),
    "office:enter_request": for_both(
        lambda it: (it.family, it.period),
        OFFICE,
        (instead(TILLEULS, 400), instead(PLATANES, 400)),
    ),
    "office:close_day": for_both(
        lambda it: it.day, OFFICE, (instead(TILLEULS, 422), instead(PLATANES, 422))
    ),
    "office:sending": for_both(lambda it: it.sending, OFFICE),
    "office:planning": alone(STAFF),
    "office:new_period": alone(STAFF, STAFF),
    "office:period": for_both(lambda it: it.period, OFFICE, REFUSED),
    "office:period_deadlines": for_both(lambda it: it.period, OFFICE, OFFICE),
    "office:period_places": for_both(lambda it: it.period, OFFICE, BACK),
    "office:period_outings": for_both(lambda it: it.period, OFFICE),
    "office:new_outing": for_both(lambda it: it.period, OFFICE, REFUSED),
    "office:add_day": for_both(lambda it: it.period, (NOT_POSTED, NOT_POSTED), BACK),
    "office:change_day": for_both(lambda it: it.day, (NOT_POSTED, NOT_POSTED), BACK),
    "office:outing": for_both(lambda it: it.outing, OFFICE, REFUSED),
    "office:remove_outing": for_both(lambda it: it.outing, (NOT_POSTED, NOT_POSTED), BACK),
}
