"""What makes a page fit for everyone: each check returns what it finds, in words."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.fixtures import HEIGHTS, PHONE, WIDE

# By default axe gives up on the contrast of everything inside of an element with a ::before, which
# the office is, and of arrows; it does not look at the size of targets at all.
_CONTRAST = {
    "ignoreUnicode": False,
    "ignoreLength": False,
    "ignorePseudo": True,
    "boldValue": 700,
    "boldTextPt": 14,
    "largeTextPt": 18,
    "contrastRatio": {"normal": {"expected": 4.5}, "large": {"expected": 3}},
}
_OPTIONS = {
    "resultTypes": ["violations", "incomplete"],
    "rules": {"target-size": {"enabled": True}},
    "checks": {"color-contrast": {"options": _CONTRAST}},
}


def axe_findings(page: Page, where: str) -> list[str]:
    """Everything axe blames, and every contrast it could not judge."""
    answer: dict[str, Any] = Axe().run(page, options=_OPTIONS).response
    unsure = [rule for rule in answer["incomplete"] if rule["id"] == "color-contrast"]
    return [
        f"axe, {where}: {rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in answer["violations"] + unsure
        for node in rule["nodes"]
        if not _under_the_bar(node)
    ]


def _under_the_bar(node: dict[str, Any]) -> bool:
    """A phone's menu lies over the page, which scrolls under it: axe wonders which is seen."""
    checks = node["any"]
    said = [check["data"]["messageKey"] for check in checks if check["id"] == "color-contrast"]
    return said in (["elmPartiallyObscuring"], ["elmPartiallyObscured"])


def resize(page: Page, width: int) -> None:
    """Give the page another width, as turning or shrinking the window does."""
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})


def _unroll(page: Page) -> None:
    """A window as high as the page, so that bars which stay in sight lie over nothing."""
    for _ in range(2):  # the page may answer to its new height
        height = page.evaluate("() => document.documentElement.scrollHeight")
        width = page.evaluate("() => innerWidth")
        page.set_viewport_size({"width": width, "height": min(height, 15_000)})


def axe_in_every_dress(page: Page) -> list[str]:
    """Axe on a desk and on a phone, by day and by night."""
    found = []
    for width in (WIDE, PHONE):
        resize(page, width)
        _unroll(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found += axe_findings(page, f"{theme}, {width} px")
    page.emulate_media(color_scheme="light")
    return found


# Text that is cut, or lies beside the page. What is hidden on purpose (for ears only, or until it
# has the focus) does not count.
_OUT_OF_SIGHT = """() => {
  const found = [], root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1)
    found.push(`the page is ${root.scrollWidth} px wide, the window ${root.clientWidth}`);
  const forEars = each => each && (getComputedStyle(each).clipPath !== "none"
    || forEars(each.parentElement));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());) {
    const around = text.parentElement;
    if (!text.data.trim() || around.closest(".vh, .skip, svg, script, datalist, option")) continue;
    if (!around.checkVisibility({visibilityProperty: true}) || forEars(around)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const said = `« ${text.data.trim().slice(0, 40)} »`;
    if (box.left < -1 || box.right > root.clientWidth + 1) found.push(`beside the page: ${said}`);
    const control = around.closest("button, .btn, .slot, .tag, .seg a, summary, th, td, .tabs a");
    if (!control) continue;
    const hold = control.getBoundingClientRect();
    if (box.left < hold.left - 1 || box.right > hold.right + 1
      || box.top < hold.top - 2 || box.bottom > hold.bottom + 2) found.push(`cut: ${said}`);
  }
  return found;
}"""


def out_of_sight(page: Page, where: str) -> list[str]:
    """Sideways scroll, text beside the page, and text that leaves its button or box."""
    return [f"{where}: {said}" for said in page.evaluate(_OUT_OF_SIGHT)]


def narrow(page: Page) -> list[str]:
    """320 px: the smallest phones, and a desk at 400 %."""
    resize(page, 320)
    return out_of_sight(page, "320 px")


_BIG = "percent => { document.documentElement.style.fontSize = percent; }"


def big_text(page: Page) -> list[str]:
    """Text twice as big, as people with tired eyes set it."""
    found = []
    page.evaluate(_BIG, "212.5%")
    for width in (PHONE, WIDE):
        resize(page, width)
        found += out_of_sight(page, f"200 % text, {width} px")
    page.evaluate(_BIG, "")
    return found


def right_to_left(page: Page) -> list[str]:
    """The page in a language of the other direction: nothing may count on left and right."""
    found = []
    page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    for width in (PHONE, WIDE):
        resize(page, width)
        found += out_of_sight(page, f"right to left, {width} px")
    page.evaluate("() => { document.documentElement.dir = 'ltr'; }")
    return found


# A link inside of a sentence may be as small as its words; everything else is a target of its own.
_SMALL = """() => {
  const found = [];
  const all = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  for (const each of document.querySelectorAll(all)) {
    if (!each.checkVisibility({visibilityProperty: true}) || each.closest(".vh, .skip")) continue;
    const style = getComputedStyle(each);
    if (each.matches("a") && style.display === "inline") continue;
    const ticks = each.matches("[type=checkbox], [type=radio]");
    const target = ticks && each.closest("label") || each;
    const box = target.getBoundingClientRect();
    const text = each.matches("a") && style.display === "inline-block";
    if (box.height < 43.5 || box.width < (text ? 24 : 43.5))
      found.push(`${Math.round(box.width)} x ${Math.round(box.height)}: `
        + (target.innerText || target.outerHTML).trim().slice(0, 60));
  }
  return found;
}"""


def small_targets(page: Page) -> list[str]:
    """Controls under 44 px, on a phone and on a desk."""
    found = []
    for width in (PHONE, WIDE):
        resize(page, width)
        found += [f"target, {width} px: {said}" for said in page.evaluate(_SMALL)]
    return found


_MOVING = """() => [...document.querySelectorAll("*")].filter(each => {
  const style = getComputedStyle(each);
  return style.animationName !== "none" || style.scrollBehavior === "smooth"
    || style.transitionDuration.split(",").some(time => parseFloat(time) > 0);
}).map(each => each.outerHTML.slice(0, 80))"""


def moving_parts(page: Page) -> list[str]:
    """What still moves for a person who asked that nothing does."""
    page.emulate_media(reduced_motion="reduce")
    return [f"moves: {said}" for said in page.evaluate(_MOVING)]
