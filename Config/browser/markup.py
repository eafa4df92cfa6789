"""Markup in every text field of every form that people find, and whether any of it comes back as
an element. The walk fills what the main job needs; what it leaves out is found here, on the pages
themselves, so that a field of tomorrow is filled without being named."""

import html.parser
import re
import urllib.parse

import pages
from people import Hostile, Person

# Who would not be who they are any more, or not be there.
LEFT_ALONE = re.compile(
    r"/(sign-in|sign-out|register|password|email|security|language|country|on-behalf)\b"
    r"|/account/data")
# Administrators are no outsiders, and could end the market; their words for things are shown to all.
ADMINS = re.compile(r"/(categories|listings|reviews|ratings|commission-rules|checklist|search)\b")
TEXTS = {"text", "search", "url", "tel", "textarea"}
# As they come from nobody: a row of each kind is filled in whoever's hands it is.
AGENT = "<b data-stored=0><script>stored(0)</script>"
# What the walk alone would leave out, and has to have been found and tried.
NEEDED = {
    ("storefront", "/cart/parcels/{id}/wishes", "giftMessage"),
    ("storefront", "/search", "text"),
    ("seller", "/shop/policies", "policies"), ("seller", "/shop/holiday", "note"),
    ("seller", "/listings", "title"), ("seller", "/listings/{id}", "handle"),
    ("seller", "/listings/{id}/options", "options.0.name"),
    ("seller", "/listings/{id}/options", "options.0.values"),
    ("seller", "/orders/{id}/shipments", "trackingUrl"),
    ("seller", "/ratings/{id}/reply", "reply"),
    ("admin", "/categories", "name"), ("admin", "/categories/{id}", "nameDe"),
    ("admin", "/listings/{id}/block", "reason"),
}


class Forms(html.parser.HTMLParser):
    """The forms of a page: where they go, and what stands in their fields."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.all: list[dict] = []
        self.form: dict | None = None
        self.area: dict | None = None
        self.select: dict | None = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.form = {"action": given.get("action", ""), "fields": [],
                         "method": given.get("method", "get").lower(),
                         "isFile": "multipart" in (given.get("enctype") or "")}
            self.all.append(self.form)
        name = given.get("name")
        if self.form is None or tag == "option" and self.select is None:
            return
        if tag == "option":
            if "selected" in given or self.select["value"] is None:
                self.select["value"] = given.get("value", "")
        elif tag in ("input", "textarea", "select", "button") and name:
            kind = tag if tag != "input" else given.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in given:
                return
            field = {"name": name, "kind": kind, "room": int(given.get("maxlength") or 200),
                     "value": None if tag == "select" else given.get("value") or ""}
            self.form["fields"].append(field)
            if tag == "textarea":
                self.area = field
            if tag == "select":
                self.select = field

    def handle_data(self, data):
        if self.area is not None:
            self.area["value"] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        if tag == "textarea":
            self.area = None
        if tag == "select":
            self.select = None


class Filler:
    """Goes through the pages of people and puts markup into their forms."""

    def __init__(self, words: Hostile):
        self.words = words
        self.faults: list[str] = []
        # By number: the app, the form's route and the field.
        self.sent: dict[int, tuple[str, str, str]] = {}
        self.tried: set[tuple[str, str, str]] = set()
        self.taken: set[tuple[str, str, str]] = set()
        self.times: dict[tuple, int] = {}

    def fill(self, app: str, person: Person, crawl: pages.Crawl):
        """Every form with words in it, twice: what one page's form ends, another page still has."""
        turns: dict[tuple, int] = {}
        for path in crawl.pages(each=6):
            forms = self.forms(crawl.answers[path][2])
            alike = tuple(self.route(form) for form in forms)
            turns[alike] = turns.get(alike, 0) + 1
            # Of two pages alike one from below: after the first form, others may be gone.
            for index in list(range(len(forms)))[::1 if turns[alike] % 2 else -1]:
                if self.wants(app, forms[index]):
                    self.fill_form(app, person, path, index)

    def forms(self, text: str) -> list[dict]:
        return Forms(text).all

    def route(self, form: dict) -> str:
        path = urllib.parse.urlsplit(form["action"]).path
        return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{id}", path)

    def names(self, form: dict) -> list[str]:
        return [field["name"] for field in form["fields"] if field["kind"] in TEXTS]

    def wants(self, app: str, form: dict) -> bool:
        """Whether it is to be filled: a form with words, not more than twice."""
        path = urllib.parse.urlsplit(form["action"]).path
        if form["isFile"] or LEFT_ALONE.search(path) or app == "admin" and not ADMINS.match(path):
            return False
        named = self.names(form)
        return bool(named) and not any(field["kind"] == "password" for field in form["fields"]) \
            and self.times.get((app, self.route(form), *named), 0) < 2

    def fill_form(self, app: str, person: Person, path: str, index: int):
        form = self.form(person, path, index)
        if form is None or not self.wants(app, form):
            return
        named = self.names(form)
        key = (app, self.route(form), *named)
        self.times[key] = self.times.get(key, 0) + 1
        if self.send(app, person, form, named):
            return
        # Some of them take no words; then each by itself, what the page says in the others.
        for name in named:
            fresh = self.form(person, path, index)
            if fresh is None or fresh["action"] != form["action"]:
                return
            self.send(app, person, fresh, [name])

    def form(self, person: Person, path: str, index: int) -> dict | None:
        found = self.forms(person.context.request.get(path).text())
        return found[index] if index < len(found) else None

    def send(self, app: str, person: Person, form: dict, named: list[str]) -> bool:
        """Whether it was taken."""
        route, data, filled = self.route(form), [], []
        for field in form["fields"]:
            value = field["value"] or ""
            if field["name"] in named:
                begun = value or "Words"
                value = self.words.say(begun, field["room"])
                if "Url" in field["name"] and value != begun:
                    value = "https://example.com/" + value.removeprefix(begun + " ")
                if number := re.search(r"data-stored=(\d+)", value):
                    self.sent[int(number.group(1))] = (app, route, field["name"])
                if "data-stored" in value:
                    filled.append((app, route, field["name"]))
            data.append((field["name"], value))
        action = urllib.parse.urljoin(person.base, form["action"])
        body = urllib.parse.urlencode(data)
        if form["method"] == "get":
            answer = person.context.request.get(f"{action}?{body}")
        else:
            answer = person.context.request.post(
                action, data=body, headers={"content-type": "application/x-www-form-urlencoded"})
        self.look(f"{app} {route}", answer.text())
        if answer.status >= 500:
            self.faults.append(f"{app} {route}: {answer.status} for markup in {named}")
        self.tried |= set(filled)
        if answer.status < 400:
            self.taken |= set(filled)
        return answer.status < 400

    def look(self, place: str, text: str):
        """Markup that stands in an answer as it was typed; in data for programs it is escaped, too."""
        for number in set(re.findall(r"<b data-stored=?(\d*)>", text)):
            self.faults.append(f"{place}: field {self.sent.get(int(number or 0), number)} is not escaped")

    def missing(self) -> list[str]:
        """Fields that have to be on some page, and that nobody saw there."""
        return [f"{app} {route}: no page had a form with {name}, so that nobody tried it"
                for app, route, name in sorted(NEEDED - self.tried)]


def sign_in_oddly(browser, person: Person, email: str):
    """A session of a browser that calls itself markup, for the list of sessions."""
    odd = Person(browser, person.base, "an odd browser")
    odd.context.set_extra_http_headers({"user-agent": AGENT})
    odd.sign_in(email)
    odd.context.close()
