"""Pages of invoices, accounts and attestations."""

from __future__ import annotations

from tests.accessibility.site import (
    Look,
    at,
    linked_from,
    unfold,
)
from tests.demo.portal import (
    ADMINISTRATOR,
    DIRECTOR,
    PARENT,
)

NOT_PAGES = {
    "family:paper": "a file",
    "family:receipt": "a file",
    "family:statement": "a file",
    "family:attestation": "a file",
    "office:statement": "a file",
    "office:receipt": "a file",
    "office:paper_file": "a file",
    "office:attestation": "a file",
    "office:fec": "a file",
    "office:pay": "only receives a form",
    "office:logo": "a file",
    "office:decide_refund": "only receives a form",
    "office:refund": "only receives a form",
    "office:settle": "only receives a form",
    "office:charge": "only receives a form",
    "office:remove_charge": "only receives a form",
    "office:reject": "only receives a form",
    "office:prepare_run": "only receives a form",
    "office:change_run": "only receives a form",
    "office:issue_attestations": "only receives a form",
    "office:declaring": "only receives a form",
}
"""Routes that answer no page to a browser, and why."""

_RUNS = at("/direction/facturation/")


_RUN = linked_from(_RUNS, r"/direction/facturation/\d+/")


_YEARS = at("/direction/attestations/")


LOOKS = [
    Look(
        "attendance figures",
        "office:attendance_figures",
        DIRECTOR,
        at("/direction/facturation/frequentation/"),
    ),
    Look(
        "money settings",
        "office:money_settings",
        ADMINISTRATOR,
        at("/direction/facturation/reglages/"),
    ),
    Look("account", "family:account", PARENT, at("/famille/compte/")),
    Look("attestations", "family:attestations", PARENT, at("/famille/attestations/")),
    Look("runs", "office:runs", DIRECTOR, _RUNS),
    Look("run", "office:run", DIRECTOR, _RUN),
    Look(
        "draft",
        "office:draft",
        DIRECTOR,
        linked_from(_RUN, r"/direction/brouillons/\d+/"),
        unfold,
    ),
    Look("paper", "office:paper", DIRECTOR, linked_from(_RUN, r"/direction/pieces/\d+/"), unfold),
    Look("arrears", "office:arrears", DIRECTOR, at("/direction/facturation/impayes/")),
    Look(
        "office account",
        "office:account",
        DIRECTOR,
        linked_from(at("/direction/facturation/impayes/"), r"/direction/familles/\d+/compte/"),
        unfold,
    ),
    Look("accounting", "office:accounting", DIRECTOR, at("/direction/facturation/exports/")),
    Look("office attestations", "office:attestations", DIRECTOR, _YEARS),
    Look(
        "family year",
        "office:family_year",
        DIRECTOR,
        linked_from(_YEARS, r"/direction/familles/\d+/annee/\d+/"),
    ),
]
