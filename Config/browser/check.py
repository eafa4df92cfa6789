"""The three apps in a real browser, against a market that runs: the main job by clicking without
JavaScript, what scripts add, every page in two colours and three widths, and markup in every field.

    check.py GUILDHALL FOLDER    GUILDHALL is the executable; screenshots go to FOLDER
"""

import os
import pathlib
import re
import secrets
import sys
import time

from playwright.sync_api import sync_playwright

import look
import markup
import pages
import rare
import states
import trouble
from enhanced import Enhanced
from people import Hostile, Person, Plain
from walk import Walk

STARTS = {
    "storefront": ["/", "/search?text=zzzzzz", "/search?text=mug&sort=price-up", "/checkout",
                   "/cart", "/wishes", "/password", "/email", "/account", "/docs", "/robots.txt",
                   "/sitemap.xml", "/sitemap/categories", "/sitemap/makers",
                   "/makers/clay-and-ember/reviews", "/kept-form"],
    "seller": ["/", "/apply", "/shops", "/money/accounts", "/money/bank-payouts",
               "/money/disputes", "/password", "/docs", "/export", "/kept-form"],
    "admin": ["/", "/search?text=clay", "/bank-reports", "/disputes", "/mails",
              "/payments/to-review", "/password", "/name", "/docs", "/me",
              "/outbox?state=waiting", "/kept-form"],
}
# Beside English; long words show on a narrow screen. The back office has the most pages, all made
# by one template: of those only the shape is looked at.
LANGUAGES = {"storefront": ["de", "fr"], "seller": ["de", "fr"], "admin": ["de", "fr"]}
ONE_TEMPLATE = {"admin"}
GUESTS = {
    "storefront": ["/", "/cart", "/wishes", "/sign-in", "/register", "/password/forgotten"],
    "seller": ["/", "/sign-in", "/register", "/password/forgotten"],
    "admin": ["/sign-in", "/register", "/password/forgotten"],
}


def name_of(path: str) -> str:
    """A file name for a page: its route, without ids."""
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", path.split("?")[0])
    extra = re.sub(r"[^a-z]+", "-", path.split("?")[1]) if "?" in path else ""
    return (re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "home") + (
        "-" + extra[:24].strip("-") if extra else "")


def visit_everything(browser, apps, walk, guildhall, folder) -> look.Looker:
    looker = look.Looker(folder)
    patterns = pages.routes(guildhall)
    people = {"storefront": walk.customer, "seller": walk.artisan, "admin": walk.admin}
    missing = []
    for app, walker in people.items():
        person = Person.seeing(browser, walker)
        crawl = pages.Crawl(person, patterns[app], STARTS[app] + walk.left.get(app, []))
        looker.faults += look.heads(app, crawl.answers)
        for path in crawl.pages():
            looker.visit(person, app, path, name_of(path))
        looker.visit(person, app, "/nowhere", "nowhere", status=404)
        for language in LANGUAGES[app]:
            reader = Person.seeing(browser, walker)
            reader.speaks(language)
            for path in crawl.pages():
                if app in ONE_TEMPLATE:
                    looker.glance(reader, app, path, language)
                else:
                    looker.visit(reader, app, path, f"{language}-{name_of(path)}",
                                 looks=look.LOOKS[:1], language=language)
        guest = Person(browser, apps[app], "a guest", script=True)
        for path in GUESTS[app]:
            looker.visit(guest, app, path, "guest-" + name_of(path))
        known = pages.REDIRECTS | pages.EMPTY.get(app, set()) | set(GUESTS[app])
        for pattern in patterns[app]:
            if pattern not in crawl.found and pattern not in known:
                missing.append(f"{app} {pattern}: no link leads there, so that nobody looked")
    looker.faults += missing
    return looker


def look_on(browser, apps, walk: Walk, looker: look.Looker):
    """Support looks at the shop as the customer, and at the desk as the artisan: the banner is looked
    at as every page is, and ending it ends it."""
    for app, email, words in [
            ("storefront", "nora@example.com", "Look at the shop as"),
            ("seller", "mira@example.com", "Look at the desk of")]:
        clerk = Person.seeing(browser, walk.admin)
        clerk.go(f"/accounts?email={email}")
        clerk.page.locator("main table a").first.click()
        form = clerk.page.locator("main details").filter(has_text=words).first
        form.locator("summary").click()
        form.locator("[name=reason]").fill("A parcel is said to be lost.")
        form.locator("button").click()
        looker.look_here(clerk, "admin", f"hand-over-{app}")
        clerk.page.locator("main form[action^=http] button").click()
        clerk.sees("looks on as")
        clerk.renew()
        for path in ["/", "/security", "/nowhere"]:
            looker.visit(clerk, app, apps[app] + path, "on-behalf-" + name_of(path),
                         status=404 if path == "/nowhere" else 200)
        clerk.go(apps[app] + "/").press("End", within=".on-behalf").sees("it is over")


def search_for_markup(browser, walk: Walk, guildhall) -> list[str]:
    """Every page again, with scripts allowed by us: whatever was not escaped would now show."""
    patterns = pages.routes(guildhall)
    people = {"storefront": walk.customer, "seller": walk.artisan, "admin": walk.admin}
    shown: set[str] = set()

    def crawl_as(app: str, person: Person) -> pages.Crawl:
        crawl = pages.Crawl(person, patterns[app], STARTS[app] + walk.left.get(app, []))
        for path, (_, _, text) in crawl.answers.items():
            filler.look(f"{app} {path}", text)
            shown.update(re.findall(r"data-stored=(\d+)", text))
        return crawl

    filler = markup.Filler(walk.words)
    markup.sign_in_oddly(browser, walk.customer, walk.customer_email)
    for app, walker in people.items():
        filler.fill(app, walker, crawl_as(app, walker))
    faults = filler.faults + filler.missing()
    for app, walker in people.items():
        person = Person.seeing(browser, walker, bypass=True)
        crawl = crawl_as(app, person)
        for path in crawl.pages(each=3):
            person.page.goto(path)
            found = person.page.evaluate(
                "() => [...document.querySelectorAll('[data-stored]')].map("
                "one => one.getAttribute('data-stored'))")
            faults += [f"{app} {path}: field {number} became an element" for number in found]
    for what, reason in walk.reasons.items():
        number = re.search(r"data-stored=(\d+)", reason)
        if number is None or number.group(1) not in shown:
            faults.append(f"{what} for a cancellation is on no page: nobody would notice it there")
    if len(shown) < 60:
        faults.append(f"only {len(shown)} fields were seen again: the search proves nothing")
    print(f"  markup: {walk.words.sent} times filled in, {len(shown)} of them seen on pages; "
          f"{len(filler.tried)} fields of forms tried, {len(filler.taken)} of them took it")
    return faults


def main() -> int:
    guildhall, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    apps = {
        name: f"http://127.0.0.1:{os.environ[f'GUILDHALL_{port}_PORT']}"
        for name, port in [("storefront", "STOREFRONT"), ("seller", "SELLER"), ("admin", "ADMIN")]}
    started = time.monotonic()

    def lap(what: str):
        print(f"  {time.monotonic() - started:5.1f} s  {what}", flush=True)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("GUILDHALL_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"])
        walk = Walk(browser, apps, Plain(), secrets.token_hex(3))
        walk.go()
        lap("the main job was walked by clicking, JavaScript off")
        enhanced = Enhanced(browser, apps, walk, secrets.token_hex(3))
        broken = enhanced.check()
        for fault in broken:
            print(f"✗ {fault}", file=sys.stderr, flush=True)
        lap("what scripts add was driven: mouse, keys, fingers, Back")
        for app, paths in rare.addresses(browser, apps, walk).items():
            walk.left.setdefault(app, []).extend(paths)
        looker = visit_everything(browser, apps, walk, guildhall, folder)
        lap(f"{looker.pages} pages looked at {looker.looks} times, axe {look.AXE_VERSION}, "
            f"at most {looker.heaviest // 1000} kB without photos")
        # Said at once: what comes after may stop at a fault of its own.
        for fault in looker.faults:
            print(f"✗ {fault}", file=sys.stderr, flush=True)
        look_on(browser, apps, walk, looker)
        lap("support looked on as a customer and as an artisan")
        states.look(browser, apps, walk, looker, secrets.token_hex(3))
        lap("two-step sign-in and refused forms were looked at")
        trouble.look(browser, apps, walk, looker, secrets.token_hex(3))
        lap("payments that fail or wait, what was called off, and sheets of paper were looked at")
        hostile = Walk(browser, apps, Hostile(), secrets.token_hex(3))
        hostile.go()
        hostile.buy_more()
        faults = broken + looker.faults + search_for_markup(browser, hostile, guildhall)
        lap("markup in every field became no element of any page")
        browser.close()
    for fault in faults:
        print(f"✗ {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
