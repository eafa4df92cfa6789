"""The browser's Back: lists keep their place, forms what was typed, choices what was chosen; and
whoever goes back after paying pays nothing twice. On the way forward nothing that was typed is
lost."""

import buying
from people import Person
from proof import comes, hear, must

THERE = "y => document.readyState === 'complete' && Math.abs(scrollY - y) < 3"


def check(browser, apps, listing: str, tag: str, heard: list[str]):
    person = Person(browser, apps["storefront"], "somebody who goes back", script=True)
    hear(person.page, heard)
    lists(person)
    refused_form(person)
    choice(person, listing)
    person.context.close()
    # The language says where somebody lives, and so what sending costs.
    guest = Person(browser, apps["storefront"], "a guest", script=True, locale="en-DE")
    hear(guest.page, heard)
    forward(guest, listing)
    guest.context.close()
    customer = buying.new_customer(browser, apps, tag, "Ines Vogel")
    hear(customer.page, heard)
    paid(customer, listing)
    customer.context.close()


def lists(person):
    """First page, second page, a thing of it, and all the way back."""
    page = person.page
    person.go("/search?sort=price-up")
    more = page.get_by_role("link", name="More things")
    more.scroll_into_view_if_needed()
    first, high = page.url, page.evaluate("scrollY")
    must(high > 500, "the first page is too short to have a place in it")
    more.click()
    page.wait_for_url(lambda url: "after=" in url)
    second = page.url
    # In the middle of the screen, as somebody reads.
    thing = page.locator("main .grid a.thing").nth(10)
    thing.evaluate("one => one.scrollIntoView({block: 'center'})")
    y = page.evaluate("scrollY")
    must(y > 300, "the second page is too short to have a place in it")
    name = thing.locator("h2, h3").inner_text()
    thing.click()
    page.wait_for_url("**/listings/*")
    must(page.locator("h1").inner_text() == name, f"“{name}” leads to another thing")
    page.go_back()
    must(page.url == second, f"Back from a thing leads to {page.url} and not to the second page")
    comes(page, THERE, "Back from a thing forgets the place on the second page", y)
    page.go_back()
    must(page.url == first, f"Back from the second page leads to {page.url}")
    comes(page, THERE, "Back from the second page forgets the place on the first", high)


def refused_form(person):
    """What was typed is there on the page that refuses it, and on the one before it."""
    page = person.page
    typed = ["Ines Vogel", "ines.vogel@example.com"]

    def kept(words: str):
        there = [person.field("Your name").input_value(), person.field("E-mail").input_value()]
        must(there == typed, f"{words}: {there}")

    person.go("/register").fill("Your name", typed[0]).fill("E-mail", typed[1])
    person.fill("Password", "short").press("Create account").sees("at least 10")
    kept("a refused form loses what was typed")
    page.go_back()
    must(page.url.endswith("/register"), f"Back from a refused form leads to {page.url}")
    kept("Back from a refused form loses what was typed")


def choice(person, listing: str):
    page = person.page
    buying.put_in_cart(person, listing, "Large")
    page.go_back()
    comes(page, """() => document.querySelector('[data-choices] label:has(:checked)')
              .textContent.includes('Large')
          && document.querySelector('[data-shown=price]').textContent.includes('30')
          && document.querySelector('[data-shown=stock]').textContent === 'the last one'""",
          "after Back the choice is lost, or price and stock are of another")


def forward(person, listing: str):
    """Words for a parcel that were typed in the cart, and not kept by their button, go along."""
    page, words = person.page, "Happy birthday & <all>"
    buying.put_in_cart(person, listing, "Small")
    person.open("A gift, or a wished day?").fill("Words to put into the parcel", words)
    page.get_by_role("link", name="Go to checkout").click()
    page.wait_for_url("**/checkout")
    typed = page.locator("[name='wishes.0.giftMessage']").input_value()
    must(typed == words, f"on the way to the checkout words become “{typed}”")


def paid(customer, listing: str):
    page = customer.page
    buying.go_to_payment(customer, listing, "Small")
    checkout = page.url
    # A tab that was left open, with the form as it was.
    other = customer.context.new_page()
    other.goto(checkout)
    customer.page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url("**/purchases/*")
    purchase = page.url.split("?")[0]
    page.go_back()
    must(page.url.split("?")[0] == purchase, f"Back after paying leads to {page.url}")
    customer.sees("ordered already")
    other.get_by_role("button", name="Order and pay").click()
    other.wait_for_url(lambda url: url.split("?")[0] == purchase)
    must(buying.purchases(customer) == 1, "Back after paying bought once more")
