"""The steps of a customer that more than one part of enhanced.py takes."""

from people import PASSWORD, Person
from proof import must


def new_customer(browser, apps, tag: str, name: str) -> Person:
    """Somebody who has just registered, in a browser with scripts."""
    customer = Person(browser, apps["storefront"], name, script=True)
    customer.go("/register").fill("Your name", name)
    customer.fill("E-mail", f"{name.split()[0].lower()}-{tag}@example.com")
    customer.fill("Password", PASSWORD).press("Create account").sees("Sign out")
    return customer


def put_in_cart(person: Person, listing: str, choice: str | None = None):
    person.go(listing)
    if choice:
        person.page.locator("[data-choices] label", has_text=choice).click()
    person.press("Put in the cart")
    person.page.wait_for_url("**/cart")


def write_address(person: Person):
    """Where it goes, on the page that asks for it."""
    person.fill("Name", "Ines Vogel").fill("Street and number", "Lindenallee 14")
    person.fill("Postal code", "10117").fill("Town", "Berlin").choose("Country", "DE")


def go_to_payment(person: Person, listing: str, choice: str | None = None):
    """From a thing's page to where everything is held and ready to be ordered."""
    put_in_cart(person, listing, choice)
    person.follow("Go to checkout").sees("How it is sent")
    if person.page.get_by_label("Town").is_visible():
        write_address(person)
    hold(person)


def hold(person: Person):
    """Has shipping and total worked out for the address; the things are held from then on."""
    person.press("Update shipping and total").sees("held for you for")
    person.page.get_by_role("button", name="Order and pay").wait_for()


def purchases(person: Person) -> int:
    """How many this customer has, as the account's page lists them."""
    answer = person.context.request.get("/account")
    must(answer.ok, f"/account answered {answer.status}")
    return answer.text().count("href=\"/purchases/")
