"""Pictures of a listing at the seller's desk, with scripts: seen before they are sent, sent with
progress, put in order by dragging; and without scripts, put in order by buttons."""

import pathlib
import re
import tempfile

from people import Person
from proof import WAIT_MS, comes, hear, must

PICTURES = pathlib.Path(__file__).parent.parent / "demo/clay-and-ember/pictures"
SENT = ["milk-jug.jpg", "moon-jar.jpg", "fruit-bowl.jpg"]
TOO_LARGE = 20 * 1024 * 1024 + 1
FORM = "main form[data-upload]"
MADE = """count => {
    const all = document.querySelector('[data-photos]:not([data-making])');
    const seen = all ? [...all.querySelectorAll('figure[data-image] img')] : [];
    return seen.length === count && seen.every(one => {
        one.loading = 'eager';
        return one.complete && one.naturalWidth > 0;
    });
}"""
# How the bar went, from the first byte on.
WATCH = """() => {
    window.stays = true;
    window.bar = [];
    const bar = document.querySelector('form[data-upload] progress');
    new MutationObserver(() => window.bar.push([bar.hidden, bar.value]))
        .observe(bar, {attributes: true});
}"""


class Photos:
    """Leaves a published listing with two choices, each with a picture of its own."""

    def __init__(self, browser, walk, tag: str):
        self.browser, self.walk = browser, walk
        self.desk = Person.seeing(browser, walk.artisan)
        self.page = self.desk.page
        self.title = f"Heron Dish {tag}"
        self.path = ""

    def check(self, heard: list[str]):
        hear(self.page, heard)
        self.draft()
        self.send()
        self.look_again()
        self.leave_alone()
        self.send_in_trouble()
        self.drag()
        self.move_without_script()
        self.give_choices()
        self.desk.context.close()

    def draft(self):
        desk = self.desk
        desk.go("/listings").follow("New listing").fill("Title", self.title)
        desk.fill("Description", "Stands on one leg.")
        desk.name_field("optionNames", "Size")
        for at, (size, price, stock) in enumerate([("Small", "20.00", "40"), ("Large", "30.00", "1")]):
            desk.name_field(f"variants.{at}.options", size)
            desk.name_field(f"variants.{at}.price", price)
            desk.name_field(f"variants.{at}.onHand", stock)
        desk.press("Save as a draft").sees("Add")
        self.path = desk.where().split("?")[0]

    def order(self) -> list[str]:
        return self.page.evaluate(
            "() => [...document.querySelectorAll('figure[data-image]')].map(one => one.dataset.image)")

    def choose(self, names: list):
        self.page.locator(f"{FORM} input[type=file]").set_input_files(names)

    def send(self):
        page = self.page
        with tempfile.NamedTemporaryFile(suffix=".jpg") as large:
            large.truncate(TOO_LARGE)
            self.choose([large.name])
            comes(page, "() => document.querySelector('form[data-upload] li .error')"
                  "?.textContent.includes('more than 20 MB')", "a picture that is too large is not told")
        self.choose([str(PICTURES / name) for name in SENT])
        comes(page, "() => [...document.querySelectorAll('form[data-upload] li')].length === 3 && "
              "[...document.querySelectorAll('form[data-upload] li canvas')]"
              ".filter(one => one.width > 1).length === 3", "pictures are not seen before they are sent")
        names = page.locator(f"{FORM} li").all_inner_texts()
        must(names == SENT, f"the previews are called {names}")
        # A slow line, so that there is progress to be seen.
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000})
        page.evaluate(WATCH)
        self.desk.press("Add", FORM)
        comes(page, "() => document.querySelectorAll('figure[data-image]').length === 3",
              "three pictures were sent and are not there")
        line.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        line.detach()
        bar = page.evaluate("window.bar")
        must(any(not hidden and 0 < value < 1 for hidden, value in bar), f"the bar went {bar}")
        must(page.evaluate("window.stays"), "the page was loaded anew for the pictures")
        comes(page, MADE, "the pictures do not come by themselves when they are made", 3)

    def look_again(self):
        """A page that came while pictures were made: here it comes so however quick the worker is."""
        page = self.page

        def early(route):
            if route.request.resource_type != "document":
                return route.fallback()
            answer = route.fetch()
            text = answer.text().replace("data-photos=", "data-making data-photos=")
            route.fulfill(response=answer, body=re.sub("<img [^>]*>", "", text))

        page.route("**/photos", early)
        self.desk.go(self.path + "/photos")
        comes(page, MADE, "a page that waits for pictures does not look again", 3)
        page.unroute("**/photos", early)
        self.desk.go(self.path)

    def leave_alone(self):
        """Looking again whether pictures are made takes nothing from under somebody's hands."""
        page = self.page
        first = page.locator("figure[data-image]").first
        first.locator("summary").click()
        first.locator("details input[name=alt]").fill("A heron on one leg")
        with page.expect_response("**/photos"):
            page.evaluate("lookAgain(document.querySelector('[data-photos]'), 0)")
        with page.expect_response("**/photos", timeout=WAIT_MS):
            must(first.locator("details input[name=alt]").input_value() == "A heron on one leg",
                 "what was typed under a picture is gone")
        first.get_by_role("button", name="Keep these words").click()
        comes(page, "() => document.querySelector('figure[data-image] img')?.alt "
              "=== 'A heron on one leg'", "the words of a picture are not kept")

    def send_in_trouble(self):
        """A line that breaks, then a form that was open for too long: nothing is lost, and the
        picture is added once."""
        page = self.page
        self.choose([str(PICTURES / "leaf-plate.jpg")])
        problem = page.locator(f"{FORM} [role=alert]")
        page.route("**/images", lambda route: route.abort())
        self.desk.press("Add", FORM)
        problem.filter(has_text="The connection was lost").wait_for()
        must(page.locator(f"{FORM} button").is_enabled(), "it cannot be sent once more")
        page.unroute("**/images")
        page.evaluate("document.querySelectorAll('[name=formToken]')"
                      ".forEach(one => { one.value = 'old'; })")
        self.desk.press("Add", FORM)
        comes(page, "() => document.querySelector('form[data-upload] [name=formToken]').value !== 'old'",
              "a form that was open for long is not made good")
        must(problem.is_visible(), "a form that was open for long is refused in silence")
        self.desk.press("Add", FORM)
        comes(page, "() => document.querySelectorAll('figure[data-image]').length === 4",
              "the picture is not there after all")
        comes(page, MADE, "the fourth picture is not made", 4)

    def drag(self):
        page = self.page
        before = self.order()
        wanted = [before[3], before[0], before[1], before[2]]
        figures = page.locator("figure[data-image] img")
        with page.expect_navigation():
            figures.nth(3).drag_to(
                figures.nth(0), source_position={"x": 60, "y": 60}, target_position={"x": 30, "y": 60})
        must(self.order() == wanted, f"after dragging {before} became {self.order()}")
        self.desk.go(self.path)
        must(self.order() == wanted, "the order is forgotten when the page is loaded again")

    def move_without_script(self):
        plain = Person.seeing(self.browser, self.walk.artisan, script=False)
        before = self.order()
        plain.go(self.path)
        plain.page.locator("figure[data-image]").nth(3).get_by_role("button", name="First").click()
        plain.page.locator("figure[data-image]").nth(1).get_by_role("button", name="Later").click()
        self.desk.go(self.path)
        wanted = [before[3], before[1], before[0], before[2]]
        must(self.order() == wanted, f"by buttons {before} became {self.order()}")
        plain.context.close()

    def give_choices(self):
        first, _, third = self.order()[:3]
        desk = self.desk.go(self.path + "/options")
        desk.choose("Small", first).choose("Large", third).press("Save")
        desk.go(self.path).press("Publish").sees("for sale")
