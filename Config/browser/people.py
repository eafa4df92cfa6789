"""Somebody at a browser: what is clicked and typed goes by the words that stand on the page."""

import itertools
import re
import time

from playwright.sync_api import Browser, Page

PASSWORD = "guildhall-demo"


class Plain:
    """What people type in the walk of the main job."""

    def say(self, text: str, room: int = 200) -> str:
        return text


class Hostile:
    """The same, with markup in every field: none of it may become an element of any page."""

    def __init__(self):
        self.numbers = itertools.count(1)
        self.sent = 0

    def say(self, text: str, room: int = 200) -> str:
        # An attribute, an element, a script, and the tags of the template language.
        marks = [
            "\"'><b data-stored={}><script>stored({})</script>{{{{{{content}}}}}}".format(
                (number := next(self.numbers)), number),
            f"\"><b data-stored={number}>", "<b data-stored>",
        ]
        for mark in marks:
            if len(text) + 1 + len(mark) <= room:
                self.sent += 1
                return f"{text} {mark}"
        return text


class Person:
    """One browser of one person at one app."""

    def __init__(self, browser: Browser, base: str, name: str, script: bool = False,
                 bypass: bool = False, **how):
        how = {"viewport": {"width": 1280, "height": 900}} | how
        self.context = browser.new_context(
            base_url=base, java_script_enabled=script, bypass_csp=bypass, **how)
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.base = base
        self.name = name

    @classmethod
    def seeing(cls, browser: Browser, other: "Person", script: bool = True, **how) -> "Person":
        """The same person at another browser, that runs scripts unless told otherwise."""
        person = cls(browser, other.base, other.name, script=script, **how)
        person.context.add_cookies(other.context.cookies())
        return person

    def speaks(self, language: str):
        """As if the person had chosen it at the foot of a page."""
        self.context.add_cookies(
            [{"name": "guildhall_language", "value": language, "url": self.base}])

    def renew(self):
        """A fresh tab: what was heard of the last page is not heard of the next."""
        self.page.close()
        self.page = self.context.new_page()

    def go(self, path: str) -> "Person":
        answer = self.page.goto(path)
        assert answer is not None and answer.status < 400, f"{path} answered {answer.status}"
        return self

    def follow(self, words: str, within: str = "main") -> "Person":
        """Clicks the first link that says `words`."""
        place = self.page.locator(within)
        place.get_by_role("link", name=words).first.click()
        return self

    def press(self, words: str, within: str = "main") -> "Person":
        self.page.locator(within).get_by_role("button", name=words, exact=True).first.click()
        return self

    def field(self, label: str, within: str = "main"):
        """The input whose label begins with `label`; a hint may stand behind it."""
        words = re.compile(f"^\\s*{re.escape(label)}(\\n|$)")
        named = self.page.locator(f"{within} label").filter(
            has=self.page.locator("span", has_text=words)).locator("input, select, textarea")
        return named.or_(self.page.locator(within).get_by_label(label, exact=True)).first

    def fill(self, label: str, value: str, within: str = "main") -> "Person":
        self.field(label, within).fill(value)
        return self

    def name_field(self, name: str, value: str, within: str = "main") -> "Person":
        """By the input's name, where several carry the same label."""
        place = self.page.locator(f"{within} [name='{name}']").first
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
        return self

    def choose(self, label: str, value: str, within: str = "main") -> "Person":
        self.field(label, within).select_option(value)
        return self

    def open(self, words: str) -> "Person":
        """Unfolds what is folded away."""
        self.page.locator("main summary").filter(has_text=words).first.click()
        return self

    def sees(self, words: str) -> "Person":
        found = self.page.locator("body").get_by_text(re.compile(words, re.I)).first
        try:
            found.wait_for(state="attached")
        except Exception:
            text = self.page.locator("main").inner_text()
            raise AssertionError(
                f"{self.name} expected “{words}” on {self.page.url} and saw:\n{text[:1500]}")
        return self

    def sees_later(self, words: str, path: str, seconds: int = 120) -> "Person":
        """What another process does in its own time."""
        limit = time.monotonic() + seconds
        while True:
            self.go(path)
            if re.search(words, self.page.locator("main").inner_text(), re.I):
                return self
            assert time.monotonic() < limit, f"no “{words}” on {path} after {seconds} seconds"
            time.sleep(0.3)

    def where(self) -> str:
        return self.page.url.removeprefix(self.base)

    def sign_in(self, email: str) -> "Person":
        self.go("/sign-in").fill("E-mail", email).fill("Password", PASSWORD)
        return self.press("Sign in")
