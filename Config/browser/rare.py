"""Addresses of pages that no link of another page leads to: they stand in a mail, or somebody who
works on something else goes there."""

import re
import time

import buying
from people import Person

# A mail waits for the worker, and in an hour one account is sent no more than three such links: a
# market that this looks at often needs a rest.
WAIT_SECONDS = 120


def addresses(browser, apps: dict[str, str], walk) -> dict[str, list[str]]:
    """By app, for the people of the walk."""
    asked = ask_for_links(browser, apps, walk)
    left = {app: [] for app in apps}
    for app, email, path in asked:
        left[app].append(from_mail(walk.admin, email, apps[app] + path))
    left["admin"].append(idle_provider(walk.admin))
    return left


def ask_for_links(browser, apps, walk) -> list[tuple[str, str, str]]:
    """Whom a link is sent to, and how it begins; nothing is changed until it is used."""
    tag = walk.tag
    asked = []
    for app, email in [("storefront", f"nora-{tag}@example.com"), ("seller", f"wren-{tag}@example.com"),
                       ("admin", "admin@example.com")]:
        person = Person(browser, apps[app], "somebody who forgot")
        person.go("/password/forgotten").fill("E-mail", email)
        person.page.locator("main button").first.click()
        person.sees("link is on its way")
        person.context.close()
        asked.append((app, email, "/password/reset/"))
    guest = Person(browser, apps["storefront"], "a guest")
    email = f"guest-{tag}@example.com"
    guest.go("/search?text=everyday+bowl").follow("Everyday Bowl").press("Put in the cart")
    guest.follow("Go to checkout").fill("E-mail", email)
    buying.write_address(guest)
    buying.hold(guest)
    guest.page.get_by_role("button", name="Order and pay").click()
    guest.sees("Keep it in an account").press("Send me the link").sees("link")
    guest.context.close()
    return asked + [("storefront", email, "/claims/")]


def from_mail(admin, email: str, start: str) -> str:
    """The first address that begins with `start` in a mail to `email`, as the back office shows it."""
    limit = time.monotonic() + WAIT_SECONDS
    read: set[str] = set()
    while time.monotonic() < limit:
        listed = admin.context.request.get("/mails").text()
        for mail in re.findall(r'href="(/mails/[0-9a-f-]{36})"', listed):
            if mail in read:
                continue
            read.add(mail)
            text = admin.context.request.get(mail).text()
            link = re.search(re.escape(start) + r"[A-Za-z0-9_-]+", text)
            if email in text and link:
                return "/" + link.group().split("/", 3)[3]
        admin.page.wait_for_timeout(200)
    raise AssertionError(f"no mail to {email} says {start}… after {WAIT_SECONDS} seconds")


def idle_provider(admin) -> str:
    """Where it is seen how a provider drains, of one with nothing open: of another the page comes
    again by itself while somebody looks at it."""
    listed = admin.context.request.get("/providers").text()
    for provider in re.findall(r'href="(/providers/[0-9a-f-]{36})"', listed):
        answer = admin.context.request.get(provider + "/drain")
        if answer.ok and "refresh" not in answer.headers:
            return provider + "/drain"
    raise AssertionError("every provider has something open")
