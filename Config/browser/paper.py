"""What a browser prints: packing slips, labels, the pick list, receipts and statements on a sheet of
A4, from a screen in either colours. Nothing of the way around is on it, and nothing is cut off."""

import re

import look
from people import Person

# A sheet of A4 less the margins of 0.4 inches that browsers leave, in CSS pixels.
WIDTH, HEIGHT = 717, 1046
PRINTED = """() => {
    const wide = document.documentElement.clientWidth;
    const all = [...document.querySelectorAll('body *')].filter(
        one => one.checkVisibility({visibilityProperty: true}) && !one.closest('.unseen'));
    const name = one => `${one.tagName}.${one.className} “${one.textContent.trim().slice(0, 30)}”`;
    return {
        around: all.filter(one => one.matches('header, nav, footer, form, button, input, select, '
            + 'textarea, summary, .button, .skip, .on-behalf')).map(name),
        over: all.filter(one => {
            const box = one.getBoundingClientRect();
            return box.width && (box.right > wide + 1 || box.left < -1);
        }).map(name),
        cut: all.filter(one => getComputedStyle(one).overflow !== 'visible'
            && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
        ).map(name),
        text: document.querySelector('main').innerText.trim().length,
        sheets: document.querySelectorAll('main .slip').length,
    };
}"""


def look_at(browser, customer: Person, walk, looker, left: dict[str, str]):
    """Of the maker's order and the customer's purchase in `left`."""
    maker = Person.seeing(browser, walk.neighbour)
    for path, name in [(left["seller"] + "/packing-slip", "packing-slip"),
                       (left["seller"] + "/label", "label"),
                       ("/orders/packing-slips", "packing-slips"), ("/orders/labels", "labels"),
                       ("/orders/pick-list", "pick-list")]:
        sheet(maker, "seller", path, name, looker)
    maker.go("/money/statements")
    month = maker.page.locator("main ul a[href*='/money/statements/']").first.get_attribute("href")
    sheet(maker, "seller", month, "statement", looker)
    maker.context.close()
    sheet(customer, "storefront", left["storefront"] + "/receipt", "receipt", looker)


def sheet(person: Person, app: str, path: str, name: str, looker):
    page = person.page
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    person.go(path)
    page.evaluate(look.AXE + ";0")
    for colours in ["light", "dark"]:
        where = f"{app} {name} on paper ({colours})"
        page.emulate_media(media="print", color_scheme=colours, reduced_motion="reduce")
        looker.looks += 1
        # Nobody points at paper.
        looker.faults += [f"{where}: axe: {one}" for one in page.evaluate(look.RUN_AXE, look.RULES)
                          if not one.startswith("target-size")]
        printed = page.evaluate(PRINTED)
        for what, words in [("around", "the way around is printed"), ("over", "wider than the sheet"),
                            ("cut", "cut off")]:
            if printed[what]:
                looker.faults.append(f"{where}: {words}: {printed[what][:3]}")
        if printed["text"] < 20:
            looker.faults.append(f"{where}: nothing is printed")
        page.screenshot(path=str(looker.folder / f"{app}-{name}-paper-{colours}.jpg"), full_page=True,
                        type="jpeg", quality=80)
    # Each slip and each label begins a sheet of its own.
    sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))
    if sheets < max(1, printed["sheets"]):
        looker.faults.append(f"{app} {name}: {printed['sheets']} slips on {sheets} sheets")
    page.emulate_media(media="screen")
    person.renew()
