"""A person who has no mouse: goes from stop to stop, and sees where they are at each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

# What has the focus: its name as read out, and whether an eye finds it. A box inside of a label
# shows its focus on the label. Nothing may lie over it, such as a bar at the foot of the page.
_STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const label = at.labels && at.labels[0];
  const shown = at.matches("[type=checkbox]") && at.closest("label.slot") || at;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 60), 0), innerWidth - 1);
  const y = box.top + Math.min(box.height / 2, 40);
  const top = document.elementFromPoint(x, y);
  const inside = y >= 0 && y < innerHeight && box.width > 0 && box.height > 0;
  const free = inside && top && (shown.contains(top) || top.contains(shown));
  const words = at.getAttribute("aria-label") || (label || at).innerText || at.name || at.tagName;
  return {
    name: words.replace(/\\s+/g, " ").trim(),
    group: at.closest("[role=group]")?.getAttribute("aria-label") || "",
    kind: at.tagName.toLowerCase(), ringed, free: Boolean(free),
  };
}"""


@dataclass(frozen=True)
class Stop:
    """One place where the focus can be."""

    name: str
    group: str
    kind: str


def stop(page: Page) -> Stop | None:
    """Where the focus is now; None outside of the page's controls. It must be plain to see."""
    seen = page.evaluate(_STOP)
    if seen is None:
        return None
    here = Stop(seen["name"], seen["group"], seen["kind"])
    assert seen["ringed"], f"no visible focus on {here} ({page.url})"
    assert seen["free"], f"the focus is hidden on {here} ({page.url})"
    return here


def tab_to(page: Page, name: str, *, group: str = "", most: int = 200) -> Stop:
    """Press Tab until the control that begins with `name` has the focus, inside of `group`."""
    return tab_until(
        page,
        lambda here: here.name.startswith(name) and here.group.startswith(group),
        f"{group} {name}",
        most,
    )


def tab_until(page: Page, found: Callable[[Stop], bool], what: str, most: int = 200) -> Stop:
    """Press Tab until `found`; the way there is checked at each stop."""
    met = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = stop(page)
        if here and found(here):
            return here
        met.append(here.name if here else "")
    raise AssertionError(f"Tab never reached {what}: {met}")


def walk(page: Page, *, most: int = 400) -> list[Stop]:
    """Press Tab from the top of the page to its end: every stop. A trap never ends."""
    met: list[Stop] = []
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    first = None
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate_handle("() => document.activeElement")
        here = stop(page)
        if here is None:
            return met
        if first is None:
            first = at
        elif page.evaluate("([a, b]) => a === b", [first, at]):
            return met
        met.append(here)
    raise AssertionError(f"Tab never leaves {page.url}: {[here.name for here in met[-8:]]}")
