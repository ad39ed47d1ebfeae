"""Every page of the site, and how to come to it. A new route that is not here fails a test."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.error import HTTPError

from playwright.sync_api import Page

from tests.demo.portal import (
    ADMINISTRATOR,
    DIRECTOR,
    OTHER_PARENT,
    PARENT,
    REPOSITORY,
    STRANGER,
    Portal,
    Prepared,
    Visitor,
    clean_environment,
)

# Routes that answer no page to a browser, and why.
NOT_PAGES = {
    "healthz": "one word for a balancer",
    "readyz": "JSON for the person on duty",
    "family:switch": "only receives a form",
    "account_lost_code": "needs the page before it: tests/accounts/test_lost_password.py",
    "account_first_password": "needs a temporary password: tests/accounts/test_access.py",
    "mfa_authenticate": "needs a second factor: tests/web/test_second_factor.py",
    "mfa_view_recovery_codes": "needs a second factor: tests/web/test_second_factor.py",
    "office:enrol": "only receives a form",
    "office:end_enrolment": "only receives a form",
    "office:send_access": "only receives a form",
    "office:decide": "only receives a form",
    "office:propose": "only receives a form",
    "office:situation": "only receives a form",
    "office:correct": "only receives a form",
    "office:offer": "only receives a form",
    "office:add_day": "only receives a form",
    "office:change_day": "only receives a form",
    "office:remove_outing": "only receives a form",
    "office:shift": "only receives a form",
    "office:board_news": "a sentence put into the board",
    "family:answer_offer": "only receives a form",
    "family:send_prepared": "only receives a form",
    "family:estimate": "a piece of the booking page",
    "office:quotient": "only receives a form",
    "office:tariff_file": "a file",
    "public_prices": "closed until the organisation opens it; the same form as family:prices",
    "family:withdraw_certificate": "only receives a form",
    "family:certificate_paper": "a file",
    "office:certificate_paper": "a file",
    "office:register_pdf": "a PDF",
    "office:trip_pdf": "a PDF",
    "office:touches": "JSON of a tablet",
    "office:register_state": "JSON for a tablet",
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
    "office:refund": "only receives a form",
    "office:charge": "only receives a form",
    "office:remove_charge": "only receives a form",
    "office:reject": "only receives a form",
    "office:prepare_run": "only receives a form",
    "office:change_run": "only receives a form",
    "office:issue_attestations": "only receives a form",
    "office:declaring": "only receives a form",
}

_ROUTES = """
import django, json
django.setup()
from django.urls import URLResolver, get_resolver
def names(patterns, space=""):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}"
print(json.dumps(sorted(names(get_resolver().url_patterns))))
"""


def routes() -> set[str]:
    """The names of all routes of the demonstration's URLconf."""
    return set(_django(_ROUTES))


def _django(program: str, **environment: str) -> Any:
    """What a program prints that has the portal's settings. It needs no database."""
    settings = {
        "PREAU_MODE": "demo",
        "PREAU_SECRET_KEY": "for a program that signs nothing",
        "DJANGO_SETTINGS_MODULE": "preau.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={**clean_environment(), **settings, **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


class Site:
    """Finds addresses on a portal as a person does: by the links of other pages."""

    def __init__(self, portal: Portal, prepared: Prepared) -> None:
        self._portal = portal
        self._prepared = prepared
        self.page = cache(self._page)

    def _page(self, who: str, path: str) -> str:
        visitor = Visitor(self._portal)
        if who:
            visitor.use(self._prepared.sessions[who])
        return visitor.get(path)

    def first(self, who: str, paths: Iterable[str], words: str) -> str:
        """The first of `paths` that this person may see and that says `words`."""
        for path in paths:
            with suppress(HTTPError):
                if words in self.page(who, path):
                    return path
        raise AssertionError(f"no page says {words}")

    def link(self, who: str, page: str, pattern: str) -> str:
        """The first address on `page` that matches `pattern` whole."""
        found = re.findall(rf'href="({pattern})"', self.page(who, page))
        assert found, f"no link {pattern} on {page}"
        return str(found[0])


Find = Callable[[Site], str]


def at(path: str) -> Find:
    """A page whose address is known."""
    return lambda _: path


def linked(who: str, page: str, pattern: str) -> Find:
    """A page that another one leads to."""
    return lambda site: site.link(who, page, pattern)


def _centre(site: Site) -> str:
    return site.link(PARENT, "/famille/reservations/", r"/famille/reservations/centre/\d+/")


def _school(site: Site) -> str:
    """The school-day centre, whose page says why nothing can be booked."""
    numbered = (f"/famille/reservations/centre/{number}/" for number in range(1, 50))
    return site.first(PARENT, numbered, "ne se réserve pas ici")


def _open_period(site: Site) -> str:
    text = site.page(PARENT, _centre(site))
    return str(re.findall(r'href="(/famille/reservations/\d+/)">Réserver', text)[0])


def _coming_period(site: Site) -> str:
    text = site.page(PARENT, _centre(site))
    return str(re.findall(r'href="(/famille/reservations/\d+/)">Préparer', text)[0])


def _answered_period(site: Site) -> str:
    text = site.page(PARENT, _centre(site))
    return str(re.findall(r'href="(/famille/reservations/\d+/)">(?:Compléter|Voir)', text)[0])


def _deletable(site: Site) -> str:
    request = re.findall(r'id="d(\d+)"', site.page(PARENT, "/famille/demandes/"))[0]
    return f"/famille/demandes/{request}/supprimer/"


def _tariff(site: Site) -> str:
    return site.link(DIRECTOR, "/direction/tarifs/", r"/direction/tarifs/\d+/")


def _tariff_changes(site: Site) -> str:
    return _tariff(site) + "changements/"


def _board(site: Site) -> str:
    return site.link(DIRECTOR, "/direction/", r"/direction/demandes/\d+/")


def _board_with(more: str) -> Find:
    return lambda site: _board(site) + more


_DECIDED = "?etat=decidees"


def _refusing_a_row(site: Site) -> str:
    board = _board(site) + _DECIDED
    row = re.findall(r"refuser=(\d+)", site.page(DIRECTOR, board))[0]
    return f"{board}&refuser={row}"


def _sending(site: Site) -> str:
    numbered = (f"/direction/envois/{number}/" for number in range(1, 200))
    return site.first(DIRECTOR, numbered, "<h1>")


def _history(site: Site) -> str:
    return site.link(PARENT, "/famille/demandes/", r"/famille/demandes/\d+/")


def _period(more: str) -> Find:
    """A page of a period that has outings."""

    def find(site: Site) -> str:
        periods = re.findall(
            r'"(/direction/periodes/\d+/)"', site.page(DIRECTOR, "/direction/periodes/")
        )
        outings = [f"{path}sorties/" for path in periods]
        return site.first(DIRECTOR, outings, "/direction/sorties/").replace("sorties/", more)

    return find


def _linked_from(find: Find, pattern: str) -> Find:
    return lambda site: site.link(DIRECTOR, find(site), pattern)


def _entry(site: Site) -> str:
    return site.link(DIRECTOR, _waiting_family(site), r"/direction/familles/\d+/saisir/\d+/")


def _unfold(page: Page) -> None:
    closed = page.locator("main details:not([open]) > summary")
    while closed.count():
        closed.first.click()


def _waiting_family(site: Site) -> str:
    """A family file with a rank in a waiting list."""
    links = re.findall(r'"(/direction/familles/\d+/)"', site.page(DIRECTOR, "/direction/familles/"))
    return site.first(DIRECTOR, links, "liste d’attente, rang")


def register_of_a_past_day(site: Site) -> str:
    """The register of a past day, with every state."""
    page = site.page(DIRECTOR, "/direction/pointage/").partition("Jours précédents")[2]
    return str(re.findall(r'href="(/direction/pointage/\d+/)"', page)[0])


def _newcomer(site: Site) -> str:
    return f"{register_of_a_past_day(site)}ajouter/?q=exemple"


def _excuse(site: Site) -> str:
    return site.link(
        DIRECTOR, register_of_a_past_day(site), r"/direction/pointage/\d+/justifier/\d+/"
    )


def _certificate(site: Site) -> str:
    return site.link(DIRECTOR, "/direction/absences/", r"/direction/absences/\d+/")


def _open_a_row(page: Page) -> None:
    page.locator(".reg summary").first.click()


def _no_paper(page: Page) -> None:
    page.get_by_role("button", name="Envoyer le certificat").click()
    page.get_by_role("alert").wait_for()


def _of_family(pattern: str) -> Find:
    """A page that the first family's file leads to."""
    return lambda site: site.link(
        DIRECTOR,
        site.link(DIRECTOR, "/direction/familles/", r"/direction/familles/\d+/"),
        f"/direction/{pattern}",
    )


def _address(site: Site) -> str:
    return _of_family(r"responsables/\d+/")(site) + "adresse/"


def _fail_to_sign_in(page: Page) -> None:
    page.get_by_label("Identifiant").fill("personne")
    page.get_by_label("Mot de passe", exact=True).fill("ceci n’est pas le bon")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("alert").wait_for()


def _fail_to_change_password(page: Page) -> None:
    page.get_by_label("Nouveau mot de passe", exact=True).fill("court")
    page.get_by_role("button", name="Changer mon mot de passe").click()
    page.get_by_role("alert").wait_for()


def _tick_everything(page: Page) -> None:
    closed = page.locator("details.outing:not([open]) > summary")
    while closed.count():
        closed.first.click()
    for button in page.get_by_role("button", name=re.compile("^tou")).all():
        button.click()


def _send_nothing(page: Page) -> None:
    page.get_by_role("button", name="Envoyer ma demande").click()
    page.get_by_role("alert").wait_for()


def _accept_nothing(page: Page) -> None:
    page.get_by_role("button", name="Accepter", exact=True).click()
    page.get_by_role("alert").wait_for()


def _forget_the_key(page: Page) -> None:
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_text("trop longtemps").wait_for()


@dataclass(frozen=True)
class Look:
    """One page in one state. `expected`: what the browser may say of it in its console."""

    name: str
    route: str
    who: str
    find: Find
    do: Callable[[Page], None] | None = None
    expected: tuple[str, ...] = ()


_404, _403, _400, _422 = (f"status of {number}" for number in (404, 403, 400, 422))
_WITHOUT_SESSION = [
    Look("front", "front", "", at("/")),
    Look("sign in", "account_login", "", at("/connexion/")),
    Look("sign in refused", "account_login", "", at("/connexion/"), _fail_to_sign_in),
    Look("closed access", "account_inactive", "", at("/acces-ferme/"), expected=(_403,)),
    Look("mailbox", "demo:mailbox", "", at("/demo/courriels/")),
    Look("mail", "demo:mail", "", linked("", "/demo/courriels/", "/demo/courriels/[0-9a-f]{24}/")),
    Look("unknown page", "404", "", at("/nulle/part/"), expected=(_404,)),
    Look("unreadable request", "400", "", at("/?q=%00"), expected=(_400,)),
    Look("form kept too long", "csrf", "", at("/connexion/"), _forget_the_key, expected=(_403,)),
    *(Look(f"error {name}", name, "", at(f"/erreur/{name}/")) for name in ("403", "500", "503")),
]
_OF_PEOPLE = [
    Look("no space", "home", STRANGER, at("/accueil/")),
    Look("sign out", "account_logout", PARENT, at("/deconnexion/")),
    Look("password", "account_change_password", PARENT, at("/mot-de-passe/")),
    Look(
        "password refused",
        "account_change_password",
        PARENT,
        at("/mot-de-passe/"),
        _fail_to_change_password,
    ),
    Look("lost password", "account_lost_password", "", at("/mot-de-passe/oublie/")),
    Look("confirm", "account_reauthenticate", PARENT, at("/confirmer/")),
    Look("second factor", "mfa_activate_totp", DIRECTOR, at("/second-facteur/nouveau/")),
    Look("new family", "office:new_family", DIRECTOR, at("/direction/familles/nouvelle/")),
    Look("change family", "office:change_family", DIRECTOR, _of_family("familles/\\d+/modifier/")),
    Look("new child", "office:new_child", DIRECTOR, _of_family("familles/\\d+/enfants/")),
    Look(
        "new guardian", "office:new_guardian", DIRECTOR, _of_family("familles/\\d+/responsables/")
    ),
    Look("child", "office:child", DIRECTOR, _of_family("enfants/\\d+/")),
    Look("guardian", "office:guardian", DIRECTOR, _of_family("responsables/\\d+/")),
    Look("guardian’s address", "office:guardian_email", DIRECTOR, _address),
    Look("office password", "account_change_password", DIRECTOR, at("/mot-de-passe/")),
]
_OF_FAMILIES = [
    Look("family home", "family:home", PARENT, at("/famille/")),
    Look("family space", "family:space", PARENT, at("/famille/espace/")),
    Look("centres", "family:centres", PARENT, at("/famille/reservations/")),
    Look("periods", "family:periods", PARENT, _centre),
    Look("school-day centre", "family:periods", PARENT, _school),
    Look("booking", "family:book", PARENT, _open_period),
    Look("booking ticked", "family:book", PARENT, _open_period, _tick_everything),
    Look("booking refused", "family:book", PARENT, _open_period, _send_nothing, (_422,)),
    Look("booking to prepare", "family:book", PARENT, _coming_period),
    Look("booking answered", "family:book", PARENT, _answered_period),
    Look("prices", "family:prices", PARENT, at("/famille/tarifs/?n.journee=2&n.demi=1")),
    Look("requests", "family:requests", PARENT, at("/famille/demandes/")),
    Look("other requests", "family:requests", OTHER_PARENT, at("/famille/demandes/")),
    Look("history", "family:request", PARENT, _history),
    Look("delete", "family:delete_request", PARENT, _deletable),
]
_OF_THE_OFFICE = [
    Look("today", "office:today", DIRECTOR, at("/direction/")),
    Look("today of all", "office:today", ADMINISTRATOR, at("/direction/")),
    Look("tariff", "office:tariff", DIRECTOR, _tariff),
    Look("tariffs", "office:tariffs", DIRECTOR, at("/direction/tarifs/")),
    Look("tariff changes", "office:tariff_changes", DIRECTOR, _tariff_changes),
    Look(
        "simulator",
        "office:simulator",
        DIRECTOR,
        at("/direction/tarifs/simulateur/?quotient=650&n.journee=2"),
    ),
    Look("new tariff", "office:new_tariff", DIRECTOR, at("/direction/tarifs/nouveau/")),
    Look("office periods", "office:periods", DIRECTOR, at("/direction/demandes/")),
    Look("past periods", "office:periods", DIRECTOR, at("/direction/demandes/?passees=1")),
    Look("board", "office:board", DIRECTOR, _board),
    Look("board of nothing", "office:board", DIRECTOR, _board_with(_DECIDED), _accept_nothing),
    Look("refusing many", "office:board", DIRECTOR, _board_with(f"{_DECIDED}&refuser=cochees")),
    Look("refusing one", "office:board", DIRECTOR, _refusing_a_row),
    Look("validate", "office:validate", DIRECTOR, _board_with("valider/")),
    Look("sending", "office:sending", DIRECTOR, _sending),
    Look("families", "office:families", DIRECTOR, at("/direction/familles/")),
    Look("families unfound", "office:families", DIRECTOR, at("/direction/familles/?q=xyzzy")),
    Look("family file", "office:family", DIRECTOR, _waiting_family, _unfold),
    Look("entry", "office:enter_request", DIRECTOR, _entry),
    Look(
        "request history",
        "office:request",
        DIRECTOR,
        _linked_from(_waiting_family, r"/direction/demandes/dossier/\d+/"),
    ),
    Look(
        "close a day",
        "office:close_day",
        DIRECTOR,
        _linked_from(_board, r"/direction/journees/\d+/fermer/"),
    ),
    Look("planning", "office:planning", DIRECTOR, at("/direction/periodes/")),
    Look(
        "new period",
        "office:new_period",
        DIRECTOR,
        linked(
            DIRECTOR,
            "/direction/periodes/nouvelle/",
            r"\?centre=\d+&amp;depuis=holidays[^\"]+",
        ),
    ),
    Look("period", "office:period", DIRECTOR, _period("")),
    Look("deadlines", "office:period_deadlines", DIRECTOR, _period("delais/"), _unfold),
    Look("places", "office:period_places", DIRECTOR, _period("places/")),
    Look("outings", "office:period_outings", DIRECTOR, _period("sorties/")),
    Look("new outing", "office:new_outing", DIRECTOR, _period("sorties/nouvelle/")),
    Look(
        "outing",
        "office:outing",
        DIRECTOR,
        _linked_from(_period("sorties/"), r"/direction/sorties/\d+/"),
        _unfold,
    ),
    Look("period history", "office:period_trace", DIRECTOR, _period("historique/")),
]
_OF_THE_REGISTER = [
    Look("register days", "office:register_days", DIRECTOR, at("/direction/pointage/")),
    Look("register", "office:register", DIRECTOR, register_of_a_past_day),
    Look("register touched", "office:register", DIRECTOR, register_of_a_past_day, _open_a_row),
    Look("newcomer", "office:newcomer", DIRECTOR, _newcomer),
    Look("excuse", "office:excuse", DIRECTOR, _excuse),
    Look("absences", "office:absences", DIRECTOR, at("/direction/absences/")),
    Look("certificate", "office:certificate", DIRECTOR, _certificate),
    Look("family absences", "family:absences", PARENT, at("/famille/absences/")),
    Look(
        "certificate refused",
        "family:absences",
        PARENT,
        at("/famille/absences/"),
        _no_paper,
        (_422,),
    ),
]
_RUNS = at("/direction/facturation/")
_RUN = _linked_from(_RUNS, r"/direction/facturation/\d+/")
_YEARS = at("/direction/attestations/")
_OF_MONEY = [
    Look("account", "family:account", PARENT, at("/famille/compte/")),
    Look("attestations", "family:attestations", PARENT, at("/famille/attestations/")),
    Look("runs", "office:runs", DIRECTOR, _RUNS),
    Look("run", "office:run", DIRECTOR, _RUN),
    Look(
        "draft",
        "office:draft",
        DIRECTOR,
        _linked_from(_RUN, r"/direction/brouillons/\d+/"),
        _unfold,
    ),
    Look("paper", "office:paper", DIRECTOR, _linked_from(_RUN, r"/direction/pieces/\d+/"), _unfold),
    Look("arrears", "office:arrears", DIRECTOR, at("/direction/facturation/impayes/")),
    Look(
        "office account",
        "office:account",
        DIRECTOR,
        _linked_from(at("/direction/facturation/impayes/"), r"/direction/familles/\d+/compte/"),
        _unfold,
    ),
    Look("accounting", "office:accounting", DIRECTOR, at("/direction/facturation/exports/")),
    Look("office attestations", "office:attestations", DIRECTOR, _YEARS),
    Look(
        "family year",
        "office:family_year",
        DIRECTOR,
        _linked_from(_YEARS, r"/direction/familles/\d+/annee/\d+/"),
    ),
]
LOOKS = _OF_MONEY + _OF_THE_REGISTER + _WITHOUT_SESSION + _OF_PEOPLE + _OF_FAMILIES + _OF_THE_OFFICE

# Pages that show that something went wrong, and have no route of their own.
ERRORS = {"404", "400", "csrf", "403", "500", "503"}

_RENDER = """
import django, json
django.setup()
from django.test import RequestFactory
from preau.web import errors
request = RequestFactory().get("/")
made = {"403": errors.forbidden, "500": errors.server_error, "503": errors.database_away}
print(json.dumps({name: page(request).content.decode() for name, page in made.items()}))
"""


def error_pages(portal: Portal) -> dict[str, str]:
    """The pages of faults that cannot be had by asking, as the portal would show them."""
    said = _django(_RENDER, PREAU_DATA=str(portal.data))
    return {f"/erreur/{name}/": text for name, text in said.items()}
