"""Buying with the keyboard alone, at 200 % zoom, by somebody who wants no motion: each stop of the
Tab key is seen, nothing is covered, and Enter does it."""

from people import Person
from proof import comes, hear, must

# A window of 1280 pixels at 200 %.
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2,
          "reduced_motion": "reduce"}
STOPS_MAX = 120
# What has the focus: its name, and whether somebody sees that it has it.
STOP = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const on = document.elementFromPoint(
        Math.min(Math.max(x, 0), innerWidth - 1), Math.min(Math.max(y, 0), innerHeight - 1));
    return {
        tag: one.tagName, name: one.getAttribute('name') || '', type: one.type || '',
        text: (one.innerText || one.value || one.ariaLabel || '').trim().slice(0, 60),
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        within: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        free: !!on && (one.contains(on) || on.contains(one)),
        over: document.documentElement.scrollWidth - innerWidth,
    };
}"""


def check(browser, apps, tag: str, heard: list[str]):
    motion(browser, apps)
    person = Person(browser, apps["storefront"], "somebody at the keyboard", script=True, **ZOOMED)
    hear(person.page, heard)
    buy(person, tag)
    person.context.close()


def motion(browser, apps):
    """Whoever wants no motion gets none; whoever does not mind gets some, or nothing is proved."""
    for wish, moves in [("reduce", False), ("no-preference", True)]:
        person = Person(browser, apps["storefront"], "somebody", script=True, reduced_motion=wish)
        person.go("/search")
        person.page.locator("a.thing").first.hover()
        found = person.page.evaluate("""() => [...document.querySelectorAll('*')].some(one =>
            ['', '::before', '::after'].some(part => {
                const style = getComputedStyle(one, part || null);
                return parseFloat(style.transitionDuration) > 0
                    || parseFloat(style.animationDuration) > 0 || style.scrollBehavior === 'smooth';
            })) || document.getAnimations().length > 0""")
        must(found == moves, f"whoever says “{wish}” about motion gets {'some' if found else 'none'}")
        person.context.close()


class Keys:
    """One person's way through a page by Tab."""

    def __init__(self, person):
        self.person, self.page = person, person.page

    def to(self, fits, words: str) -> dict:
        """Tabs on until `fits`; every stop on the way is looked at."""
        for _ in range(STOPS_MAX):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP)
            if stop is None:
                continue
            where = f"{self.page.url}: {stop['tag']} “{stop['text']}” {stop['name']}"
            must(stop["ring"], f"{where} has the focus, and nobody sees it")
            must(stop["within"] and stop["free"], f"{where} has the focus and is out of sight")
            must(stop["over"] <= 0, f"{where}: {stop['over']} px too wide at 200 %")
            if fits(stop):
                return stop
        raise AssertionError(f"the Tab key never reaches {words} on {self.page.url}")

    def to_words(self, words: str) -> dict:
        return self.to(lambda stop: words in stop["text"] and stop["tag"] in ("A", "BUTTON", "SUMMARY"),
                       f"“{words}”")

    def to_field(self, name: str) -> dict:
        return self.to(lambda stop: stop["name"] == name, f"the field {name}")

    def enter(self, url: str):
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(url)


def buy(person, tag: str):
    page, keys = person.page, Keys(person)
    person.go("/")
    page.keyboard.press("Tab")
    must(page.evaluate(STOP)["text"] == "Skip to the page", "the first stop is not the way past the menu")
    keys.to_field("text")
    page.keyboard.type("morning mug")
    comes(page, "() => !document.getElementById('suggestions').hidden", "nothing is suggested")
    page.keyboard.press("Escape")
    keys.enter("**/search?text=*")
    keys.to_words("Morning Mug")
    keys.enter("**/listings/*")
    keys.to_field("variant")
    page.keyboard.press("ArrowDown")
    comes(page, "() => document.querySelector('[data-shown=stock]').textContent !== ''",
          "an arrow does not choose")
    keys.to_words("Put in the cart")
    keys.enter("**/cart")
    keys.to_words("Go to checkout")
    keys.enter("**/checkout")
    for name, value in [("email", f"keys-{tag}@example.com"), ("address.name", "Ines Vogel"),
                        ("address.lines", "Lindenallee 14"), ("address.postalCode", "10117"),
                        ("address.city", "Berlin"), ("address.country", "Germany")]:
        keys.to_field(name)
        page.keyboard.type(value)
    country = page.locator("[name='address.country']").input_value()
    must(country == "DE", f"the country that was typed is {country}")
    keys.to_words("Update shipping and total")
    keys.enter("**/checkout/*")
    pay = page.get_by_role("button", name="Order and pay")
    keys.to(lambda stop: stop["name"].endswith(".option"), "a way of shipping")
    pay.wait_for()
    keys.to_words("Order and pay")
    keys.enter("**/purchases/*")
    person.sees_later("being packed", person.where().split("?")[0])
    keys.to_words("Receipt")
    keys.enter("**/receipt*")
