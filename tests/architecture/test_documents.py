"""The documents speak of what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.architecture.source import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def ours() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("preau.")]


def test_every_constraint_of_the_database_is_explained() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = {
        rule.name
        for model in ours()
        for rule in (*model._meta.constraints, *getattr(model._meta, "triggers", ()))  # type: ignore[attr-defined]
    }
    written = "\n".join(
        path.read_text("utf-8") for path in (ROOT / "preau").glob("*/migrations/0*.py")
    )
    named |= set(re.findall(r"ADD CONSTRAINT (\w+)", written))
    assert {name for name in named if f"`{name}`" not in text} == set()


def test_every_model_has_its_word() -> None:
    words = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    inner = {"BookingEvent", "WorkerHeartbeat"}  # never named to people
    assert {each.__name__ for each in ours() if f"`{each.__name__}" not in words} == inner


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    targets = [link for link in LINK.findall(path.read_text("utf-8")) if "://" not in link]
    assert [link for link in targets if not (path.parent / link).exists()] == []
