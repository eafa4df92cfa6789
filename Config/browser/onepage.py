"""The checkout on one page, as somebody on a phone meets it who has never been here: no account, no
script, and the address is typed where the total and the button stand that orders."""

import buying
from people import Person
from proof import hear, must


def check(browser, apps, listing: str, tag: str, heard: list[str]):
    # The language says where somebody lives: what is shown first is worked out for there.
    guest = Person(browser, apps["storefront"], "a guest", script=False, locale="en-DE",
                   viewport={"width": 390, "height": 844})
    page = guest.page
    hear(page, heard)
    buying.put_in_cart(guest, listing, "Small")
    guest.follow("Go to checkout").sees("Worked out for Germany")
    must(page.locator("main h1").count() == 1 and guest.where() == "/checkout",
         f"the checkout begins at {page.url}")
    shown = total(page)
    # A day that is too far off is refused by the shop, and everything else stays where it is.
    guest.fill("E-mail", f"one-{tag}@example.com")
    buying.write_address(guest)
    guest.open("A gift, or a wished day?").fill("Words to put into the parcel", "Happy birthday!")
    page.locator("[name='wishes.0.deliverOn']").fill("2099-01-01")
    order(page)
    guest.sees("has to come, and within a year")
    for name, value in [("address.city", "Berlin"), ("email", f"one-{tag}@example.com"),
                        ("wishes.0.giftMessage", "Happy birthday!")]:
        typed = page.locator(f"[name='{name}']").input_value()
        must(typed == value, f"a refused checkout has {typed} in {name}")
    page.locator("[name='wishes.0.deliverOn']").fill("")
    must(total(page) == shown, f"the total was {shown} and is {total(page)}")
    order(page)
    page.wait_for_url("**/purchases/*")
    guest.sees("Purchase [A-Z0-9]").sees("Happy birthday!")
    # Behind it is a form that was refused, which a browser would send again: so the address itself.
    guest.go("/checkout").sees("ordered already")
    guest.context.close()


def total(page) -> str:
    return page.locator("main tr.sum td").first.inner_text()


def order(page):
    button = page.get_by_role("button", name="Order and pay")
    must(button.count() == 1, f"{button.count()} buttons order")
    must(total(page) in button.inner_text(), "the button says another total than the page")
    button.click()
