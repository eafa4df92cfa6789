"""Which pages there are: the apps' own lists of routes, and an address for each, found by following
links from the first page on. A route that no link leads to has to be known here."""

import html
import re
import subprocess
import urllib.parse
from collections import deque

# They lead on to another page, are a program's, or a picture by itself.
REDIRECTS = {"/sign-in/code", "/purchases/{purchase}/return", "/orders/{order}", "/payments/{payment}",
             "/sitemap/{month}", "/sitemap/{month}/{listing}", "/sitemap/makers/{seller}", "/language/{language}", "/money/accounts/{instance}/return",
             "/media/{hash}", "/media/{hash}/{copy}"}
# Pages of things that need another month, or a provider on the network; tests in Swift open them.
EMPTY = {
    "storefront": {"/email/{change}"},
    "seller": {"/email/{change}", "/invitations/{link}", "/money/invoices/{invoice}", "/money/accounts/{instance}/link"},
    "admin": {"/email/{change}", "/invoices/{invoice}", "/webhooks/{instance}/{event}",
              "/webhooks/{instance}/{event}/body", "/payout-accounts/{account}"},
}
PAGES_MAX = 700


def routes(guildhall: str) -> dict[str, list[str]]:
    """The patterns that answer GET with something for people, by app."""
    listed = subprocess.run([guildhall, "routes"], check=True, capture_output=True, text=True)
    found: dict[str, list[str]] = {}
    app = ""
    for line in listed.stdout.splitlines():
        if not line.startswith(" "):
            app = line.split()[0]
            found[app] = []
        elif line.split()[0] == "GET" and not line.split()[1].startswith("/api/"):
            found[app].append(line.split()[1])
    return found


def pattern_of(path: str, patterns: list[str]) -> str | None:
    """The route that answers `path`; a fixed one wins over one with a value in it."""
    plain = urllib.parse.urlsplit(path).path
    fits = [
        pattern for pattern in patterns
        if re.fullmatch(re.sub(r"\\{[^/]*?\\}", "[^/]+", re.escape(pattern)), plain)]
    return min(fits, key=lambda pattern: pattern.count("{"), default=None)


class Crawl:
    """Every page that links lead a person to, with the answer's head and text."""

    def __init__(self, person, patterns: list[str], starts: list[str], each: int = 2):
        self.person, self.patterns = person, patterns
        self.found: dict[str, list[str]] = {}
        self.answers: dict[str, tuple[int, dict, str]] = {}
        waiting, seen = deque(starts), set(starts)
        while waiting and len(self.answers) < PAGES_MAX:
            path = waiting.popleft()
            pattern = pattern_of(path, patterns)
            if pattern is None or len(self.found.get(pattern, [])) >= each * 3:
                continue
            answer = person.context.request.get(path, max_redirects=0)
            kind = answer.headers.get("content-type", "")
            text = answer.text() if kind.startswith("text/html") else ""
            self.answers[path] = (answer.status, answer.headers, text)
            if answer.status == 200:
                self.found.setdefault(pattern, []).append(path)
            target = answer.headers.get("location")
            for link in re.findall(r'(?:href|src)="([^"#]+)', text) + ([target] if target else []):
                link = html.unescape(link).removeprefix(person.base)
                # Whoever follows a choice of language reads every later page in it.
                if link.startswith(("//", "/language/")):
                    continue
                if link.startswith("/") and link not in seen:
                    seen.add(link)
                    waiting.append(link)

    def pages(self, each: int = 1) -> list[str]:
        """Some addresses of each route that answers with a page; of one that comes again by itself,
        which it would do while it is looked at, rather the address where it does not."""
        return [
            path for paths in self.found.values()
            for path in sorted(
                [path for path in paths if self.answers[path][2]],
                key=lambda path: "refresh" in self.answers[path][1])[:each]]
