"""A page as a browser builds it, and what must be true of every one of ours."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from justhtml import JustHTML

CONTROLS = "input, select, textarea"


class Page:
    """The document made from an answer of the test client."""

    def __init__(self, answer: Any) -> None:
        self.text = answer.content.decode()
        self.document = JustHTML(
            self.text, collect_errors=True, sanitize=False, track_node_locations=True
        )

    def all(self, selector: str) -> list[Any]:
        """Elements of that CSS selector, in order."""
        return list(self.document.query(selector))

    def words(self, selector: str) -> str:
        """The text of the first element of that selector, on one line."""
        (element, *_) = self.all(selector)
        return " ".join(element.to_text().split())

    @property
    def title(self) -> str:
        """What the browser's tab shows."""
        return self.words("title")

    def faults(self) -> list[str]:
        """Everything that breaks a rule of `design.md` or of the content policy."""
        found = [f"not HTML: {error}" for error in self.document.errors]
        found += self._shape()
        found += self._names()
        found += self._policy()
        return found

    def _shape(self) -> list[str]:
        found = [
            f"{number} {name}"
            for name in ("html[lang=fr]", "h1", "main", "title")
            if (number := len(self.all(name))) != 1
        ]
        levels = [int(each.name[1]) for each in self.all("h1, h2, h3, h4, h5, h6")]
        jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        if jumps:
            found.append(f"headings jump: {jumps}")
        ids = Counter(element.attrs["id"] for element in self.all("[id]"))
        found += [f"twice the id {name}" for name, times in ids.items() if times > 1]
        return found

    def _names(self) -> list[str]:
        """What has no name for somebody who does not see it."""
        ids = {element.attrs["id"] for element in self.all("[id]")}
        labelled = {label.attrs.get("for") for label in self.all("label")}
        found = []
        for attribute in ("aria-labelledby", "aria-describedby", "for", "form", "list"):
            named = {
                name
                for each in self.all(f"[{attribute}]")
                for name in each.attrs[attribute].split()
            }
            found += [f"{attribute} of nothing: {name}" for name in sorted(named - ids)]
        for control in self.all(CONTROLS):
            if control.attrs.get("type") in {"hidden", "submit"}:
                continue
            inside = any(parent.name == "label" for parent in _parents(control))
            if not (inside or control.attrs.get("id") in labelled or _said(control)):
                found.append(f"no label: {control.to_html()[:80]}")
        found += [
            f"no name: {element.to_html()[:80]}"
            for element in self.all("a, button")
            if not (element.to_text().strip() or _said(element))
        ]
        return found + ["an image without a text" for _ in self.all("img:not([alt])")]

    def _policy(self) -> list[str]:
        """What our content policy refuses, and what leads away from the site."""
        found = [f"inline style: {each.to_html()[:60]}" for each in self.all("[style], style")]
        found += [
            f"inline script: {script.to_html()[:60]}"
            for script in self.all("script")
            if not script.attrs.get("src", "").startswith("/static/")
        ]
        attributes = {name for element in self.all("*") for name in element.attrs}
        found += [f"{name} in the page" for name in attributes if name.startswith("on")]
        for element in self.all("a, link, form, img, use"):
            target = element.attrs.get("href") or element.attrs.get("action") or ""
            inside = target.startswith(("/", "#", "?", "mailto:", "tel:")) or not target
            if not inside or target.startswith("//"):
                found.append(f"leads away: {target}")
        return found


def _said(element: Any) -> bool:
    return bool(element.attrs.get("aria-label", "").strip() or element.attrs.get("aria-labelledby"))


def _parents(element: Any) -> list[Any]:
    found = []
    while (element := element.parent) is not None:
        found.append(element)
    return found
