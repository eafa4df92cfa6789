"""A thing's page with scripts: its choices change price, stock and picture at once; its pictures
are looked at in large, with a mouse, with keys, and with a finger."""

from people import Person
from proof import comes, hear, must, swipe

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True,
         "device_scale_factor": 2}
AT = """at => {
    const reel = document.querySelector('.reel');
    return Math.round(reel.scrollLeft / reel.clientWidth) === at
        && Math.abs(reel.scrollLeft - at * reel.clientWidth) < 2;
}"""
SHOWN = """at => {
    const viewer = document.querySelector('dialog.viewer');
    const large = viewer?.querySelector('img');
    return viewer?.open && large.src === document.querySelectorAll('.reel > a')[at].href
        && large.alt !== '' && large.complete && large.naturalWidth > 0;
}"""
CLOSE_UP = """is => {
    const viewer = document.querySelector('dialog.viewer');
    const width = viewer.querySelector('img').getBoundingClientRect().width;
    return is ? width >= innerWidth * 1.9 : width <= innerWidth;
}"""
CLOSED = """at => !document.querySelector('dialog.viewer').open
    && document.activeElement === document.querySelectorAll('.reel > a')[at]"""


def check(browser, apps, listing: str, heard: list[str]):
    person = Person(browser, apps["storefront"], "somebody who looks", script=True)
    hear(person.page, heard)
    person.go(listing)
    choices(person)
    delivery(person, listing)
    small_pictures(person)
    viewer(person)
    person.context.close()
    phone = Person(browser, apps["storefront"], "somebody with a phone", script=True, **PHONE)
    hear(phone.page, heard)
    fingers(phone.go(listing))
    phone.context.close()


def choices(person):
    page = person.page
    page.evaluate("window.stays = true")
    places = page.locator("[data-shown]")
    must(places.count() == 2, "price and stock have no place where they are shown")
    for words, price, stock, picture in [("Large", "30", "the last one", 2), ("Small", "20", "in stock", 0)]:
        page.locator("[data-choices] label", has_text=words).click()
        comes(page, """([price, stock]) =>
            document.querySelector('[data-shown=price]').textContent.includes(price)
            && !document.querySelector('[data-shown=price]').textContent.includes('from')
            && document.querySelector('[data-shown=stock]').textContent === stock""",
              f"price and stock do not follow the choice “{words}”", [price, stock])
        comes(page, AT, f"the picture does not follow the choice “{words}”", picture)
    must(page.evaluate("window.stays"), "a choice loads the page anew")


def delivery(person, listing: str):
    """What sending it costs is asked for anew with each choice, and a link to a choice shows it."""
    page = person.page
    person.context.add_cookies([{"name": "guildhall_country", "value": "DE", "url": person.base}])
    person.go(listing)
    page.evaluate("document.querySelector('[data-delivery]').dataset.before = ''")
    large = page.locator("[data-choices] label", has_text="Large")
    large.click()
    comes(page, "() => !('before' in document.querySelector('[data-delivery]').dataset)",
          "what sending it costs does not follow a choice")
    must(large.locator("input").is_checked(), "the answer takes back what was chosen")
    person.go(listing + "?variant=" + large.locator("input").get_attribute("value"))
    comes(page, AT, "a link to a choice does not show its picture", 2)
    must("30" in page.locator("[data-shown=price]").inner_text(),
         "a link to a choice does not show its price")
    person.go(listing)


def small_pictures(person):
    page = person.page
    page.locator("[data-gallery] .small a").nth(3).click()
    comes(page, AT, "a small picture does not bring its large one", 3)
    comes(page, "() => [...document.querySelectorAll('[data-gallery] .small a')]"
          ".map(one => one.ariaCurrent).join() === ',,,true'", "the small picture is not marked")
    must("#" not in page.url, "a small picture becomes a step of Back")
    page.locator("[data-gallery] .small a").nth(0).click()
    comes(page, AT, "the first small picture does not bring its large one", 0)


def viewer(person):
    page = person.page
    page.locator(".reel > a").nth(0).click()
    comes(page, SHOWN, "a click does not open the picture", 0)
    page.keyboard.press("ArrowRight")
    comes(page, SHOWN, "the arrow right does not show the next picture", 1)
    page.get_by_role("button", name="Next picture").click()
    comes(page, SHOWN, "the button does not show the next picture", 2)
    page.keyboard.press("ArrowLeft")
    comes(page, SHOWN, "the arrow left does not show the picture before", 1)
    for how in [lambda: page.locator("dialog.viewer img").click(),
                lambda: page.get_by_role("button", name="Larger or smaller").click()]:
        how()
        comes(page, CLOSE_UP, "the picture does not become larger", True)
        how()
        comes(page, CLOSE_UP, "the picture does not become smaller again", False)
    # The keyboard stays within: a dialog is a world of its own.
    for _ in range(6):
        page.keyboard.press("Tab")
        must(page.evaluate("document.activeElement === document.body || "
                           "!!document.activeElement.closest('dialog.viewer')"),
             "the keyboard leaves the picture that is open")
    page.keyboard.press("Escape")
    comes(page, CLOSED, "Escape does not close the picture, or the focus is lost", 1)
    comes(page, AT, "the page does not show the picture that was seen last", 1)
    page.keyboard.press("Enter")
    comes(page, SHOWN, "Enter does not open the picture", 1)
    page.get_by_role("button", name="Close").click()
    comes(page, CLOSED, "the button does not close the picture, or the focus is lost", 1)


def fingers(phone):
    page = phone.page
    swipe(page, ".reel", -250)
    comes(page, AT, "a swipe does not bring the next picture on the page", 1)
    page.locator(".reel > a").nth(1).tap()
    comes(page, SHOWN, "a tap does not open the picture", 1)
    swipe(page, "dialog.viewer > div", -200)
    comes(page, SHOWN, "a swipe to the left does not show the next picture", 2)
    swipe(page, "dialog.viewer > div", 200)
    comes(page, SHOWN, "a swipe to the right does not show the picture before", 1)
    page.locator("dialog.viewer img").tap()
    comes(page, CLOSE_UP, "a tap does not show the picture larger", True)
    # Closer, a finger moves the picture and shows no other.
    swipe(page, "dialog.viewer > div", -200)
    comes(page, "() => document.querySelector('dialog.viewer > div').scrollLeft > 0",
          "a finger does not move what is shown larger")
    must(page.evaluate(SHOWN, 1), "a finger that moves the picture shows another one")
    page.get_by_role("button", name="Close").tap()
    comes(page, CLOSED, "a tap does not close the picture", 1)
