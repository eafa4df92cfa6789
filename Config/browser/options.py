"""A thing with several options, of the demo: each value is a link, with scripts and without."""

from people import Person
from proof import comes, hear, must

THING = "cooking spoon"


def check(browser, apps, heard: list[str]):
    person = Person(browser, apps["storefront"], "one who chooses", script=True)
    hear(person.page, heard)
    person.go("/search?text=" + THING.replace(" ", "+")).follow("Cooking Spoon")
    listing = person.where().split("?")[0]
    with_script(person)
    person.context.close()
    without_script(Person(browser, apps["storefront"], "one without scripts"), listing)


def value(page, option: str, words: str):
    return page.get_by_role("group", name=option, exact=True).get_by_role("link").filter(
        has_text=words).first


def with_script(person: Person):
    page = person.page
    page.evaluate("window.stays = true")
    page.locator("[name=quantity]").fill("2")
    for option, words, price in [("Wood", "Walnut", "26"), ("Hand", "Left", "26"), ("Wood", "Cherry", "22")]:
        value(page, option, words).click()
        comes(page, """([option, words, price]) =>
            [...document.querySelectorAll(`.axis[aria-label="${option}"] [aria-current]`)]
                .some((link) => link.textContent.includes(words))
            && document.querySelector('[data-shown=price]').textContent.includes(price)""",
              f"price and choice do not follow “{words}”", [option, words, price])
        must(page.evaluate("document.activeElement.textContent").strip() == words,
             f"“{words}” loses the focus when it is chosen")
    must(page.locator("[name=quantity]").input_value() == "2", "a choice loses how many were wanted")
    must("variant=" in page.url, "the address does not keep what is chosen")
    value(page, "Wood", "Olive").click()
    comes(page, "() => document.querySelector('.soldout')?.textContent.includes('sold out')",
          "what is sold out does not say so")
    must(page.get_by_role("button", name="Put in the cart").count() == 0, "what is sold out can be bought")
    must(page.evaluate("window.stays"), "a choice loads the page anew")


def without_script(person: Person, listing: str):
    person.go(listing)
    value(person.page, "Wood", "Walnut").click()
    person.page.wait_for_url("**?variant=*")
    must("26" in person.page.locator("[data-shown=price]").inner_text(),
         "without scripts the price does not follow a choice")
    person.press("Put in the cart").sees("Walnut")
    person.context.close()
