"""What scripts add to the pages, driven as a person does it: each part fails when its script is
broken. Without scripts the same pages are walked by walk.py."""

import time

import back
import gallery
import keyboard
import onepage
import options
import phone
import suggestions
import twice
from photos import Photos


class Enhanced:
    """Runs after the walk: its artisan has a shop that is verified and sends to Germany."""

    def __init__(self, browser, apps: dict[str, str], walk, tag: str):
        self.browser, self.apps, self.walk, self.tag = browser, apps, walk, tag
        self.photos = Photos(browser, walk, tag)
        # What the pages' scripts threw.
        self.heard: list[str] = []

    def check(self, only=()) -> list[str]:
        """What is wrong, a sentence for each part that stopped; with `only`, of those parts."""
        browser, apps, heard, faults = self.browser, self.apps, self.heard, []
        # Its first part lists a thing, which the others look at and buy.
        parts = {
            "photos": lambda: self.photos.check(heard),
            "suggestions": lambda: suggestions.check(browser, apps, heard),
            "gallery": lambda: gallery.check(browser, apps, self.photos.path, heard),
            "options": lambda: options.check(browser, apps, heard),
            "back": lambda: back.check(browser, apps, self.photos.path, self.tag, heard),
            "twice": lambda: twice.check(
                browser, apps, self.walk, self.photos.path, self.tag, heard),
            "onepage": lambda: onepage.check(
                browser, apps, self.photos.path, self.tag, heard),
            "phone": lambda: phone.check(browser, apps, self.tag, heard),
            "keyboard": lambda: keyboard.check(browser, apps, self.tag, heard),
        }
        for name, part in parts.items():
            if only and name not in only:
                continue
            started = time.monotonic()
            try:
                part()
            except Exception as problem:
                faults.append(f"{name}: {problem}")
            print(f"    {time.monotonic() - started:5.1f} s  {name}", flush=True)
        return faults + [f"a script threw at {one}" for one in heard]
