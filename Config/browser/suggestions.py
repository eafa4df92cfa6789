"""Suggestions while somebody types: what appears, by which keys it is chosen, what it asks for."""

from people import Person
from proof import comes, hear, must

FIELD = "header input[type=search]"
OPEN = """() => {
    const field = document.querySelector('header input[type=search]');
    const list = document.getElementById(field.getAttribute('aria-controls'));
    return list && !list.hidden && list.children.length > 0
        && field.getAttribute('aria-expanded') === 'true';
}"""
SHUT = """() => {
    const field = document.querySelector('header input[type=search]');
    return document.getElementById(field.getAttribute('aria-controls')).hidden
        && field.getAttribute('aria-expanded') === 'false'
        && !field.hasAttribute('aria-activedescendant');
}"""
CHOSEN = """at => {
    const field = document.querySelector('header input[type=search]');
    const options = [...document.querySelectorAll('#suggestions [role=option]')];
    const marked = options.filter(one => one.ariaSelected === 'true');
    return marked.length === 1 && marked[0] === options.at(at)
        && field.getAttribute('aria-activedescendant') === marked[0].id
        && document.activeElement === field;
}"""


def check(browser, apps, heard: list[str]):
    person = Person(browser, apps["storefront"], "somebody who types", script=True)
    page = person.page
    hear(page, heard)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/suggestions?" in one.url else None)
    person.go("/")
    field = page.locator(FIELD)
    state = field.evaluate("one => [one.role, one.ariaAutoComplete, one.ariaExpanded]")
    must(state == ["combobox", "list", "false"], f"the search field says of itself {state}")

    by_keys(person, field)
    by_hand(person, field)
    typed_wrongly(person, field)
    left_alone(person, field, asked)
    few_questions(person, asked)
    person.context.close()


def type_in(page, field, text: str, words: str):
    field.fill("")
    field.press_sequentially(text)
    comes(page, OPEN, words)


def by_keys(person, field):
    page = person.page
    type_in(page, field, "morning m", "nothing is suggested for “morning m”")
    labels = page.locator("#suggestions [role=option]").all_inner_texts()
    must(any("Morning Mug" in one for one in labels), f"“morning m” suggests {labels}")
    must(page.locator("#suggestions[role=listbox]").get_attribute("aria-label"),
         "the list of suggestions has no name")
    page.keyboard.press("ArrowUp")
    comes(page, CHOSEN, "the arrow up does not choose the last suggestion", -1)
    page.keyboard.press("ArrowDown")
    comes(page, CHOSEN, "the arrow down does not go on to the first suggestion", 0)
    page.keyboard.press("Escape")
    comes(page, SHUT, "Escape does not close the suggestions")
    must(field.input_value() == "morning m", "Escape took away what was typed")
    # Closed is not gone: whoever types on is helped on.
    field.press_sequentially("ug")
    comes(page, OPEN, "after Escape nothing is suggested any more")
    labels = page.locator("#suggestions [role=option]").all_inner_texts()
    at = next((at for at, one in enumerate(labels) if one.strip() == "Morning Mug"), None)
    must(at is not None, f"“morning mug” suggests {labels}")
    for _ in range(at + 1):
        page.keyboard.press("ArrowDown")
    comes(page, CHOSEN, "the arrow down does not reach a suggestion", at)
    path = page.locator("#suggestions [role=option]").nth(at).get_attribute("data-path")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith(path))
    must(page.locator("h1").inner_text() == "Morning Mug", "Enter leads somewhere else")


def by_hand(person, field):
    page = person.page
    type_in(page, field, "clay", "nothing is suggested for “clay”")
    page.locator("#suggestions [data-path^='/makers/clay-and-ember']").first.click()
    page.wait_for_url("**/makers/clay-and-ember*")
    # Without a choice, Enter searches.
    type_in(page, field, "teapot", "nothing is suggested for “teapot”")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?text=teapot")


def typed_wrongly(person, field):
    page = person.page
    type_in(page, field, "mornign mug", "a typing error is not forgiven by the suggestions")
    labels = page.locator("#suggestions [role=option]").all_inner_texts()
    must(any("Morning Mug" in one for one in labels), f"“mornign mug” suggests {labels}")


def left_alone(person, field, asked):
    """Whoever types and goes on at once sees no list open behind them, however late it comes."""
    page = person.page
    page.clock.install()
    person.go("/")
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    asked.clear()
    field.click()
    field.press_sequentially("vase")
    page.keyboard.press("Tab")
    page.clock.run_for(2000)
    heard_of_all(page)
    must(not asked and page.evaluate(SHUT), "suggestions come after the field was left")


def few_questions(person, asked):
    """Twelve letters without a pause are one question: the page's clock stands still meanwhile."""
    page, field = person.page, person.page.locator(FIELD)
    asked.clear()
    field.fill("")
    field.press_sequentially("morning mugs")
    heard_of_all(page)
    must(not asked, f"each letter is asked for: {asked}")
    with page.expect_response(lambda one: "/suggestions?" in one.url):
        page.clock.run_for(1000)
    must(len(asked) == 1, f"one pause asks {len(asked)} times")
    # The same once more is not asked for again.
    field.press("End")
    field.press_sequentially(" ")
    page.clock.run_for(1000)
    heard_of_all(page)
    must(len(asked) == 1, "a space asks again")


def heard_of_all(page):
    """What the page asked for before this is known here after it."""
    page.evaluate("fetch('/robots.txt').then(answer => answer.text())")
