"""What a purchase comes to when it does not go as it should, and the link to another e-mail address:
pages that a market in good order never shows. Each is looked at as every other page is."""

import re

import buying
import paper
import rare
from people import PASSWORD, Person

# A checkout is held for half an hour.
HOURS = "1"


def look(browser, apps: dict[str, str], walk, looker, tag: str):
    customer = buying.new_customer(browser, apps, tag, "Lene Brandt")
    declined(customer, looker)
    waiting(customer, looker)
    left = paid(customer, walk)
    paper.look_at(browser, customer, walk, looker, left)
    called_off(browser, customer, walk, looker, left)
    another_address(customer, walk, looker, tag)
    not_for_sale(browser, customer, walk, looker)
    too_late(browser, customer, walk, looker)
    customer.context.close()


def mug(customer: Person) -> str:
    """The neighbour's: after the walk another maker has one of the same name."""
    return find(customer, "/search?text=morning+mug&maker=clay-and-ember", "Morning Mug")


def find(customer: Person, where: str, title: str) -> str:
    customer.go(where).follow(title)
    customer.page.wait_for_url("**/listings/*")
    return customer.where()


def choose(customer: Person, card: str, button: str):
    """How to pay, and pays."""
    form = customer.page.locator("main form", has=customer.page.get_by_role("button", name=button))
    # Behind it stands whose card it is, where several offer the same.
    label = re.compile(rf"^{re.escape(card)}( \(|$)")
    fold = form.locator("details:not([open])", has=customer.page.get_by_label(label))
    if fold.count():
        fold.first.locator("summary").click()
    form.get_by_label(label).first.check()
    form.get_by_role("button", name=button).first.click()


def go_to_payment(customer: Person):
    buying.put_in_cart(customer, mug(customer))
    customer.follow("Go to checkout").sees("How it is sent")
    # Whoever has bought before has an address kept, and orders on the page that comes first.
    if customer.page.get_by_label("Town").is_visible():
        buying.write_address(customer)
        buying.hold(customer)


def declined(customer: Person, looker):
    go_to_payment(customer)
    choose(customer, "Test card: declined", "Order and pay")
    customer.page.wait_for_url("**/purchases/*")
    customer.page.locator("main [role=alert]").first.wait_for()
    looker.look_here(customer, "storefront", "payment-declined")


def waiting(customer: Person, looker):
    """The bank asks for more, and the customer comes back without having answered."""
    purchase = customer.where().split("?")[0]
    choose(customer, "Test card: asks for confirmation", "Pay ")
    customer.page.wait_for_url(lambda url: not url.startswith(customer.base))
    customer.go(purchase).sees("Go on with the payment")
    looker.look_here(customer, "storefront", "payment-waiting")


def paid(customer: Person, walk) -> dict[str, str]:
    """Where the purchase and its order stand that waits to be packed, by app."""
    go_to_payment(customer)
    choose(customer, "Test card: works", "Order and pay")
    customer.page.wait_for_url("**/purchases/*")
    purchase = customer.where().split("?")[0]
    customer.sees_later("being packed", purchase)
    number = customer.page.locator("main section[id^='order-']").get_attribute("id")[6:]
    maker = walk.neighbour.go(f"/orders?text={number}").follow(number)
    maker.page.wait_for_url("**/orders/*-*")
    return {"storefront": purchase, "seller": maker.where().split("?")[0]}


def called_off(browser, customer: Person, walk, looker, left: dict[str, str]):
    """By the maker; the customer reads why."""
    ours = "form[action$='/cancellation']"
    maker = Person.seeing(browser, walk.neighbour)
    maker.go(left["seller"]).open("Cancel this order")
    maker.name_field("reason", "The kiln broke.", ours).press("Cancel the order", ours)
    maker.sees("cancelled")
    looker.look_here(maker, "seller", "order-cancelled")
    maker.context.close()
    customer.go(left["storefront"]).sees("The kiln broke")
    looker.look_here(customer, "storefront", "purchase-cancelled")


def another_address(customer: Person, walk, looker, tag: str):
    email = f"lene-new-{tag}@example.com"
    customer.go("/email").fill("New e-mail address", email).fill("Your password", PASSWORD)
    customer.press("Send a link there").sees("A link is on its way")
    path = rare.from_mail(walk.admin, email, customer.base + "/email/")
    looker.visit(customer, "storefront", path, "email-change")
    customer.go(path).press("Use this address").sees("The address of your account is")
    looker.visit(customer, "storefront", path, "email-change-over", status=404)


def not_for_sale(browser, customer: Person, walk, looker):
    """An old link leads to what its maker has made a draft again."""
    gone = find(customer, "/search?text=" + walk.thing.replace(" ", "+"), walk.thing)
    artisan = Person.seeing(browser, walk.artisan)
    artisan.go(gone).press("Make it a draft")
    artisan.page.get_by_role("button", name="Publish").wait_for()
    looker.visit(customer, "storefront", gone, "not-for-sale", status=404)
    artisan.press("Publish")
    artisan.page.get_by_role("button", name="Make it a draft").wait_for()
    artisan.context.close()


def too_late(browser, customer: Person, walk, looker):
    """A checkout of which the time is over leads to a new one, where nothing is typed again."""
    buying.put_in_cart(customer, mug(customer))
    customer.follow("Go to checkout").open("Send it to another address")
    buying.write_address(customer)
    customer.press("Send it to this address").sees("held for you for")
    checkout = customer.where().split("?")[0]
    clerk = Person.seeing(browser, walk.admin)
    clerk.go("/clock").fill("Hours", HOURS).fill("Reason", "A checkout is to run out.")
    clerk.press("Move the clock").sees("was moved")
    clerk.context.close()
    customer.go(checkout).sees("The time of your checkout was over").sees("Lindenallee 14")
    looker.look_here(customer, "storefront", "checkout-over")
