"""A parent who replays everything another family's browser knows gets nothing of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from contextvars import ContextVar
from datetime import datetime
from hashlib import sha256

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField, Q

from preau.billing.models import Paper
from preau.core import clock
from preau.families.models import Child, Family, Guardian
from preau.payments.models import PaymentAttempt
from tests.factories import NOW, Cast
from tests.factories.house import PASSWORD
from tests.kit.crawler import Answer, Visitor, serving
from tests.web.people import both_sides

STARTS = ("/famille/", "/famille/espace/", "/accueil/", "/tarifs/")
ENDS = re.compile("deconnexion|supprimer|arreter|retirer|changer|sessions")
"""Forms that would take away what the other family is to try on."""

HUGE = (10**18, 10**30)


@pytest.fixture
def site(committed_cast: Cast) -> Iterator[int]:
    """The real server, on the story's morning: its threads know no other clock."""
    both_sides(committed_cast)
    pinned: ContextVar[datetime | None] = ContextVar("everywhere", default=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_pinned", pinned)
        with serving() as port:
            yield port


def paths_to(model: type[Model], wanted: type[Model], depth: int = 4) -> Iterator[str]:
    """Every way from a row of `model` to the row of `wanted` that it depends on."""
    if model is wanted:
        yield "pk"
    elif depth:
        for each in model._meta.get_fields():
            if isinstance(each, ForeignKey | OneToOneField) and each.related_model is not model:
                target = each.related_model
                assert isinstance(target, type)
                for rest in paths_to(target, wanted, depth - 1):
                    yield each.name if rest == "pk" else f"{each.name}__{rest}"


def everything_of(family: Family) -> dict[str, str]:
    """A fingerprint of each table's rows that depend on this family, its children or adults."""
    people = {
        Family: [family.pk],
        Child: list(family.children.values_list("pk", flat=True)),
        Guardian: list(family.guardians.values_list("pk", flat=True)),
    }
    found = {}
    for model in apps.get_models():
        if not model.__module__.startswith("preau."):
            continue
        of_them = Q()
        for wanted, keys in people.items():
            for path in paths_to(model, wanted):
                of_them |= Q(**{f"{path}__in": keys})
        if of_them:
            rows = model._default_manager.filter(of_them).order_by("pk").distinct().values_list()
            found[model._meta.label] = sha256(repr(list(rows)).encode()).hexdigest()
    return found


def words_of(family: Family) -> set[str]:
    """What names this family, its people or its papers, and nobody else."""
    papers = [paper.number for paper in Paper.objects.filter(family=family)]
    attempts = PaymentAttempt.objects.filter(family=family).values_list("reference", flat=True)
    return {"Zoé", str(family), "famille1@exemple.fr", *papers, *attempts}


def shifted(path: str) -> Iterator[str]:
    """The same address with each of its numbers changed: neighbours, none, and far too big."""
    for found in re.finditer(r"(?<=/)\d+(?=/)", path):
        number = int(found.group())
        for other in (number - 2, number - 1, number + 1, number + 2, 0, *HUGE):
            yield f"{path[: found.start()]}{other}{path[found.end() :]}"


class Hostile:
    """The other parent: asks, and judges what comes back."""

    def __init__(self, visitor: Visitor, secrets: set[str], files: set[bytes]) -> None:
        self.visitor, self.secrets, self.files = visitor, secrets, files
        self.faults: list[str] = []
        self.asked = 0

    def tries(
        self,
        method: str,
        path: str,
        fields: tuple[tuple[str, object], ...] = (),
        *,
        numbered: bool = False,
    ) -> None:
        """Send it, follow where it leads, and note what should not have come.

        `numbered`: an address that only the other family's pages name.
        """
        answer = self.visitor.ask(method, path, fields)
        self.asked += 1
        self._judge(f"{method} {path}", path, answer)
        if answer.location and answer.location.startswith("/"):
            self._judge(f"after {method} {path}", path, self.visitor.ask("GET", answer.location))
        if numbered and re.search(r"/\d+/", path) and answer.status not in {404, 405}:
            self.faults.append(f"{method} {path}: {answer.status}")

    def _judge(self, what: str, path: str, answer: Answer) -> None:
        if answer.status >= 500:
            self.faults.append(f"{what}: {answer.status}")
        # What they typed in the address may come back in a refusal: they knew it already.
        seen = {word for word in self.secrets if word in answer.text and word not in path}
        if seen:
            self.faults.append(f"{what} shows {sorted(seen)}")
        if answer.content in self.files:
            self.faults.append(f"{what} gives a file")


def test_nothing_of_a_family_is_given_to_another_parent(site: int, committed_cast: Cast) -> None:
    """A separated parent with time and a copied address book: every address, every form."""
    with closing(Visitor(site)) as theirs, closing(Visitor(site)) as ours:
        _play(theirs, ours, committed_cast)


def _play(theirs: Visitor, ours: Visitor, cast: Cast) -> None:
    family = cast.exemple.family
    theirs.sign_in("famille.1", PASSWORD)
    theirs.crawl(*STARTS)
    for form in [each for each in theirs.forms.values() if not ENDS.search(each.action)]:
        answer = theirs.ask("POST", form.action, form.fields)
        theirs.crawl(*([answer.location] if answer.location else []))
    secrets = words_of(family)
    assert len(theirs.pages) > 30
    shown = " ".join(page.text for page in theirs.pages.values())
    assert {word for word in secrets if word not in shown} == set(), "the crawl saw them all"

    ours.sign_in("famille.6", PASSWORD)
    ours.crawl(*STARTS)
    own = {page.content for page in ours.pages.values()}
    files = {
        page.content
        for page in theirs.pages.values()
        if page.status == 200 and not page.kind.startswith("text/html") and page.content not in own
    }
    assert files
    before = everything_of(family)
    child = cast.exemple.child.pk
    added = tuple({"family": family.pk, "famille": family.pk, "child": child, "next": "/"}.items())
    hostile = Hostile(ours, secrets, files)
    for path in theirs.pages:
        if path in ours.pages and not re.search(r"\d", path):
            continue
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            hostile.tries(method, path, added, numbered=path not in ours.pages)
        for other in shifted(path):
            hostile.tries("GET", other)
    for path in ours.pages:
        hostile.tries("GET", f"{path.partition('?')[0]}?family={family.pk}&enfant={child}")
    for form in theirs.forms.values():
        if "deconnexion" not in form.action:
            hostile.tries("POST", form.action, (*form.fields, *added))
            for other in shifted(form.action):
                hostile.tries("POST", other, form.fields)
    assert hostile.asked > 200
    assert hostile.faults == []
    assert everything_of(family) == before
    theirs.ask("POST", "/famille/espace/calendrier/")
    assert everything_of(family) != before, "a change is seen"
