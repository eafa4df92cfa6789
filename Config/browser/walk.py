"""The main job, by clicking, with JavaScript switched off: an artisan registers, applies and is
verified, imports and lists things; a customer buys from two makers and pays once; both ship; the
customer confirms and reviews; the payout reaches the artisan."""

import csv
import datetime
import io
import pathlib

from bank import Bank
from people import Hostile, PASSWORD, Person, Plain

DEMO = pathlib.Path(__file__).parent.parent / "demo"


class Walk:
    def __init__(self, browser, apps: dict[str, str], words: Plain | Hostile, tag: str):
        self.browser, self.apps, self.words, self.tag = browser, apps, words, tag
        self.artisan = Person(browser, apps["seller"], "the artisan")
        self.neighbour = Person(browser, apps["seller"], "the neighbour")
        self.customer = Person(browser, apps["storefront"], "the customer")
        self.admin = Person(browser, apps["admin"], "the administrator")
        self.shop = words.say(f"Wren Pottery {tag}", 120)
        self.thing = words.say(f"Wren Jug {tag}")
        # Where somebody can look afterwards, by app.
        self.left: dict[str, list[str]] = {}
        # Why orders were called off, as it was typed.
        self.reasons: dict[str, str] = {}

    def go(self):
        """Stops at the first thing that is not as a person would expect it."""
        try:
            self._go()
        except Exception as problem:
            for person in [self.artisan, self.neighbour, self.customer, self.admin]:
                text = person.page.locator("body").inner_text()[:800]
                print(f"✗ {person.name} is at {person.page.url} and sees:\n{text}\n")
            raise SystemExit(f"✗ the walk stopped: {problem}") from problem

    def _go(self):
        self.admin.sign_in("admin@example.com").sees("what waits for somebody")
        self.neighbour.sign_in("mira@example.com")
        self.apply()
        self.verify()
        self.list_by_hand()
        self.price_parcels()
        self.import_catalogue()
        self.buy()
        self.ship()
        self.receive()
        self.answer()
        self.pay_out()
        self.begin_another()
        self.look_after_rules()

    def apply(self):
        say, artisan = self.words.say, self.artisan
        artisan.go("/").follow("Create an account")
        artisan.fill("Your name", say("Wren Ashdown", 120))
        artisan.fill("E-mail", f"wren-{self.tag}@example.com").fill("Password", "short")
        # Refused: what was typed stays, and the fault is said.
        artisan.press("Create account").sees("at least 10")
        kept = artisan.field("E-mail").input_value()
        assert kept == f"wren-{self.tag}@example.com", f"the e-mail was not kept: “{kept}”"
        artisan.fill("Password", PASSWORD).press("Create account")
        artisan.sees("Open a shop").fill("Name of the shop", self.shop)
        artisan.name_field("about", say("Slipware from a kiln behind the house.\nSlowly made."))
        artisan.name_field("country", "DE").fill("Legal name", say("Wren Ashdown", 200))
        artisan.name_field("origin.name", say("Wren Ashdown", 120))
        artisan.fill("Street and number", say("Kiln Lane 3", 120))
        artisan.name_field("origin.postalCode", "10117").fill("City", say("Berlin", 80))
        artisan.name_field("origin.country", "DE").press("Go on")
        artisan.sees("show who you are")
        paper = DEMO / "clay-and-ember/pictures/morning-mug.jpg"
        artisan.page.locator("input[type=file]").set_input_files({
            "name": say("register.jpg", 100), "mimeType": "image/jpeg",
            "buffer": paper.read_bytes()})
        artisan.press("Add the document").press("Send in the application").sees("is sent in")
        artisan.go("/money/wallets").open("Change the account")
        artisan.name_field("label", say("House bank", 80))
        artisan.name_field("details.holder", say("Wren Ashdown", 140))
        artisan.fill("IBAN", "DE89370400440532013000").press("Save")

    def verify(self):
        admin = self.admin.follow("Sellers to verify").follow(f"Wren Pottery {self.tag}")
        self.left["admin"] = [admin.where()]
        admin.press("Judge " + admin.page.locator("main button").filter(
            has_text="Judge").first.inner_text().removeprefix("Judge "))
        # What the operator wants looked at, with the papers beside it.
        admin.page.locator("main .papers img").first.wait_for()
        left = admin.page.locator("main form").filter(
            has=admin.page.locator("button", has_text="Tick “"))
        for _ in range(left.count()):
            left.first.locator("[name=note]").fill(self.words.say("Looked at", 500))
            left.first.locator("button").click()
            admin.sees("The row is ticked")
        admin.press("Verify this seller").sees("verified")

    def list_by_hand(self):
        say, artisan = self.words.say, self.artisan
        artisan.go("/listings").follow("New listing").fill("Title", self.thing)
        artisan.fill("Description", say("Holds a litre.\nPours without a drop."))
        artisan.name_field("productType", say("Jug", 80)).name_field("tags", say("jug, blue", 60))
        # A price that is none is refused at its field, and the page keeps the rest.
        artisan.name_field("variants.0.price", "a lot").press("Save as a draft")
        artisan.sees("such as 12.50")
        artisan.name_field("variants.0.price", "34.00")
        artisan.name_field("variants.0.sku", say("WREN-1", 80))
        artisan.name_field("variants.0.onHand", "5").press("Save as a draft")
        picture = DEMO / "clay-and-ember/pictures/milk-jug.jpg"
        artisan.page.locator("input[type=file]").set_input_files(str(picture))
        artisan.name_field("alt", say("A blue jug")).press("Add")
        artisan.press("Publish").sees("for sale")
        self.left["storefront"] = [artisan.where().split("?")[0] + "/reviews"]

    def price_parcels(self):
        say, artisan = self.words.say, self.artisan
        artisan.go("/shop/shipping").follow("New shipping profile")
        artisan.fill("What you call it", say("Small parcels", 80))
        artisan.fill("Sent from", say("Berlin", 80)).name_field("zones.0.countries", "DE, AT")
        artisan.name_field("zones.0.first", "a lot").press("Save").sees("such as 12.50")
        artisan.name_field("zones.0.first", "3.90").name_field("zones.0.further", "0.50")
        artisan.name_field("zones.0.daysMin", "1").name_field("zones.0.daysMax", "3")
        artisan.press("Save").sees("A customer in Germany pays €.3.90 for 1 piece: 3 to 5 days")

    def import_catalogue(self):
        """A file of the demo's, with this walk's words in what is shown."""
        source = DEMO / "clay-and-ember/catalogue.csv"
        rows = list(csv.DictReader(io.StringIO(source.read_text())))
        handles = list(dict.fromkeys(row["Handle"] for row in rows))[:3]
        kept = [row for row in rows if row["Handle"] in handles]
        for row in kept:
            for column, room in [("Title", 180), ("Body (HTML)", 180), ("Vendor", 180), ("Type", 80),
                                 ("Image Alt Text", 180), ("Tags", 60), ("Variant SKU", 80),
                                 ("Option1 Name", 40), ("Option1 Value", 60)]:
                if row.get(column):
                    row[column] = self.words.say(row[column], room)
            row["Handle"] = f"{row['Handle']}-{self.tag}"
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
        pictures = {row["Image Src"] for row in kept} | {row["Variant Image"] for row in kept}
        artisan = self.artisan.go("/imports")
        files = artisan.page.locator("input[type=file]")
        files.first.set_input_files({
            "name": "catalogue.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()})
        files.nth(1).set_input_files(
            [str(source.parent / name) for name in sorted(pictures) if name])
        artisan.press("Look first").sees("Nothing was written yet")
        # The file is chosen once.
        artisan.press(f"Import these {len(handles)} things").sees("What happened")
        artisan.go("/listings?state=draft")

    def buy(self):
        say, customer = self.words.say, self.customer
        customer.go("/").follow("Sign in", "header").follow("Create one")
        customer.fill("Your name", say("Nora Sommer", 120))
        self.customer_email = f"nora-{self.tag}@example.com"
        customer.fill("E-mail", self.customer_email).fill("Password", PASSWORD)
        customer.press("Create account")
        # With a typing error, which is forgiven.
        customer.page.get_by_label("Search", exact=True).first.fill(f"wren jugg {self.tag}")
        customer.press("Search", "header").follow(self.thing)
        self.put_in_cart()
        # The demo's maker: others with its things may have come since.
        customer.go("/makers/clay-and-ember").follow("Morning Mug")
        self.put_in_cart()
        customer.sees("2 makers").follow("Go to checkout")
        customer.fill("Name", say("Nora Sommer", 120))
        customer.fill("Street and number", say("Lindenallee 14", 120))
        customer.fill("Postal code", "10117").fill("Town", say("Berlin", 80))
        customer.choose("Country", "DE").press("Update shipping and total")
        customer.sees("held for you for").sees("Standard shipping")
        customer.open("A gift, or a wished day?")
        customer.fill("Words to put into the parcel", say("Happy birthday!", 500))
        button = customer.page.get_by_role("button", name="Order and pay")
        button.click()
        customer.sees("Purchase [A-Z0-9]")
        self.purchase = customer.where().split("?")[0]
        customer.sees_later("being packed", self.purchase)
        self.left["storefront"].append(self.purchase)

    def put_in_cart(self):
        self.customer.press("Put on the wish list").sees("on your wish list")
        self.customer.press("Put in the cart")

    def ship(self):
        say = self.words.say
        for person in [self.artisan, self.neighbour]:
            person.go("/orders?state=paid")
            person.page.locator("main table a").first.click()
            person.fill("Carrier", say("Parcel Post", 80))
            person.fill("Tracking number", say("GH-1", 80))
            person.press("It is on its way").sees("shipped|on its way")

    def receive(self):
        say, customer = self.words.say, self.customer.go(self.purchase)
        for _ in range(2):
            customer.press("It has arrived")
        customer.go(self.purchase).follow("Rate it").fill(
            "In your words, if you like", say("Lovely: it pours as it should.", 4000))
        customer.press("Say so")
        customer.name_field("body", say("Well packed.", 4000))
        customer.page.locator("main button").last.click()
        customer.go(self.purchase)

    def answer(self):
        say = self.words.say
        for person in [self.artisan, self.neighbour]:
            person.go("/reviews")
            if person.page.locator("main summary").count():
                person.open("Answer").name_field("reply", say("Thank you!", 4000)).press("Answer")
        self.artisan.go("/tokens").fill("What is it for?", say("Stock script", 80))
        self.artisan.page.locator("main [name=catalogue]").select_option("write")
        self.artisan.press("Make a token").sees("shown this once")
        first = datetime.date.today() + datetime.timedelta(days=200)
        self.artisan.go("/shop").follow("Set a holiday").name_field("from", first.isoformat())
        self.artisan.name_field("until", (first + datetime.timedelta(days=9)).isoformat())
        self.artisan.fill("What customers read meanwhile, if you like", say("At the sea.", 500))
        self.artisan.press("Set the holiday").sees("will rest")
        self.artisan.go("/team").name_field("email", f"nora-{self.tag}@example.com")
        self.artisan.press("Invite").sees("is on its way")

    def pay_out(self):
        admin = self.admin.go("/clock").fill("Hours", "360").fill("Reason", "The holds end.")
        admin.press("Move the clock")
        bank = Bank(admin.sees("was moved"), self.words.say, self.tag)
        bank.take_over()
        admin.go("/payout-plans").press("Make a plan")
        admin.go("/payout-plans?state=open")
        if admin.page.locator("main table a").count():
            admin.page.locator("main table a").first.click()
            admin.open("Apply the plan").name_field(
                "reason", "Looked at.", "form[action$='/application']")
            admin.press("Apply the plan")
        self.left["admin"] += bank.pay()
        self.artisan.sees_later("paid", "/money")
        admin.go("/ledger")

    def begin_another(self):
        """A cart and a checkout that wait, for whoever looks at the pages afterwards."""
        say, customer = self.words.say, self.customer
        customer.go("/search?text=morning+mug").follow("Morning Mug").press("Put in the cart")
        customer.follow("Go to checkout").open("Send it to another address")
        customer.fill("Name", say("Nora Sommer", 120))
        customer.fill("Street and number", say("Lindenallee 14", 120))
        customer.fill("Postal code", "10117").fill("Town", say("Berlin", 80))
        customer.press("Send it to this address").sees("held for you for")
        self.left["storefront"].append(customer.where())

    def buy_more(self):
        """Orders of the artisan's that are to be packed, for whoever tries every form of theirs."""
        customer = self.customer
        for _ in range(4):
            customer.go("/").page.get_by_label("Search", exact=True).first.fill(
                f"wren jug {self.tag}")
            customer.press("Search", "header").follow(self.thing)
            # One that is for sale: of drafts there is less to do in the back office.
            self.left["admin"].insert(0, customer.where().split("?")[0])
            customer.press("Put in the cart").follow("Go to checkout")
            customer.page.get_by_role("button", name="Order and pay").click()
            customer.sees("Purchase [A-Z0-9]")
            purchase = customer.where().split("?")[0]
            customer.sees_later("being packed", purchase)
            self.left["storefront"].append(purchase)
            self.left.setdefault("seller", []).append("/orders?state=paid")
        self.call_off()
        customer.go("/search?text=morning+mug").follow("Morning Mug").press("Put in the cart")

    def call_off(self):
        """Both sides end an order, each with a reason that the other reads."""
        ours = "form[action$='/cancellation']"
        artisan = self.artisan.go("/orders?state=paid")
        artisan.page.locator("main table a").first.click()
        self.reasons["the seller's reason"] = reason = self.words.say("The kiln broke.", 500)
        artisan.open("Cancel this order").name_field("reason", reason, ours)
        artisan.press("Cancel the order", ours).sees("cancelled")
        self.left["seller"].append(artisan.where().split("?")[0])
        customer = self.customer
        for purchase in reversed(self.left["storefront"]):
            if not purchase.startswith("/purchases/"):
                continue
            form = customer.go(purchase).page.locator(ours).first
            if form.count():
                break
        self.reasons["the customer's reason"] = reason = self.words.say("Too blue.", 500)
        customer.page.locator("main details", has=customer.page.locator(ours)).first.locator(
            "summary").first.click()
        form.locator("[name=reason]").fill(reason)
        form.locator("button").click()
        customer.sees("cancelled")

    def look_after_rules(self):
        """A commission rule that is only drafted, and what a provider has open."""
        admin = self.admin.go("/commission").fill("Name", self.words.say(f"Idea {self.tag}", 80))
        admin.name_field("ratePpm@percent", "9", "form[action='/commission-rules']")
        admin.page.locator("form[action='/commission-rules'] [name=reason]").fill("to be looked at")
        admin.press("Add the rule").sees("draft")
        admin.go("/providers").follow("North")
        self.left["admin"].append(admin.where() + "/open?kind=payment")
