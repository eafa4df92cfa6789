"""What a person's browser makes of a page: its colours, its widths, what axe finds."""

import pathlib
import re

import axe_playwright_python

AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
AXE_VERSION = re.search(r"axe v([0-9.]+)", AXE).group(1)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Width and height in CSS pixels, colours, and what the screenshot is called.
LOOKS = [
    (320, 640, "light", "narrow"), (390, 844, "dark", "phone"),
    (1280, 900, "light", "desktop"), (1280, 900, "dark", "dark"),
]
RUN_AXE = """async rules => {
    const found = await axe.run(document, {
        runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'], ancestry: false});
    return found.violations.map(one => one.id + ': ' + one.help + ' – ' + one.nodes.slice(0, 3).map(
        node => node.target.join(' ') + ' ' + (node.any[0] || node.all[0] || node.none[0] || {}).message
    ).join(' | '));
}"""
SHAPE = """() => {
    const root = document.documentElement, wide = root.clientWidth;
    const out = [...document.querySelectorAll('body *')].filter(one => {
        const box = one.getBoundingClientRect();
        if (box.right <= wide + 1 || !box.width || !box.height) return false;
        for (let up = one.parentElement; up; up = up.parentElement) {
            const how = getComputedStyle(up).overflowX;
            if (how === 'auto' || how === 'hidden' || how === 'scroll') return false;
        }
        return getComputedStyle(one).position !== 'absolute';
    });
    return {
        over: root.scrollWidth - wide,
        what: out.slice(0, 3).map(one => one.tagName + '.' + one.className),
        inline: document.querySelectorAll('script:not([src]), [style], [onclick], [onload]').length
            - document.querySelectorAll('script[type="application/ld+json"]').length,
        title: document.title, lang: root.lang, ids: [...document.querySelectorAll('[id]')]
            .map(one => one.id).filter((id, at, all) => all.indexOf(id) !== at),
        // A word of a button in two lines; one may break after its hyphen.
        broken: [...document.querySelectorAll('button, .button')].filter(one => {
            const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
            for (let text; (text = texts.nextNode());)
                for (const word of text.data.matchAll(/[^\\s-]+/g)) {
                    const range = document.createRange();
                    range.setStart(text, word.index);
                    range.setEnd(text, word.index + word[0].length);
                    const lines = [...range.getClientRects()].filter(box => box.width)
                        .map(box => Math.round(box.top));
                    if (new Set(lines).size > 1) return true;
                }
            return false;
        }).map(one => one.textContent.trim()),
        unsized: [...document.images].filter(one => !one.getAttribute('width')).map(one => one.src),
    };
}"""


# Adds up how much of the page moved while it was loaded (https://web.dev/articles/cls).
SHIFT = """window.shifted = 0;
new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({type: 'layout-shift', buffered: true});"""
SHIFT_MAX = 0.01
# What a browser loads for a page besides photos, in bytes.
WEIGHT_MAX = 100_000


class Looker:
    """Visits pages and keeps what is wrong with them."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.faults: list[str] = []
        self.pages = 0
        self.looks = 0
        self.heaviest = 0

    def visit(self, person, app: str, path: str, name: str, status: int = 200, looks=LOOKS,
              language: str = "en"):
        page = person.page
        if page.url != "about:blank":
            # What a page that was left is still loading would be heard and weighed as this one's.
            page.goto("about:blank")
        heard: list[str] = []
        page.on("console", lambda message: heard.append(f"{message.type}: {message.text}")
                if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        weight = []
        page.on("response", lambda one: weight.append(one)
                if one.request.resource_type not in ("image", "media") else None)
        page.add_init_script(SHIFT)
        answer = page.goto(path, wait_until="load")
        if answer is None or answer.status != status:
            self.faults.append(f"{app} {path}: {answer and answer.status} and not {status}")
        self.pages += 1
        self._load(page, app, path, weight)
        page.evaluate(AXE + ";0")
        for width, height, colours, called in looks:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            self._look(page, app, path, f"{width} px, {colours}, {language}", language)
            page.screenshot(
                path=str(self.folder / f"{app}-{name}-{called}.jpg"), full_page=True,
                caret="initial", type="jpeg", quality=80)
        if status >= 400:
            heard = [one for one in heard if "Failed to load resource" not in one]
        self.faults += [f"{app} {path}: the console says {one}" for one in heard]
        person.renew()

    def glance(self, person, app: str, path: str, language: str):
        """What longer words do to a page on the narrowest screen; what does not depend on them was
        looked at in English."""
        width, height, colours, _ = LOOKS[0]
        page = person.page
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")
        answer = page.goto(path, wait_until="load")
        if answer is None or answer.status != 200:
            self.faults.append(f"{app} {path}: {answer and answer.status} in {language}")
        self.pages += 1
        self.looks += 1
        self._shape(page, f"{app} {path} ({width} px, {colours}, {language})", language)

    def look_here(self, person, app: str, name: str):
        """The page on which somebody is, that no address leads to."""
        page = person.page
        page.evaluate(AXE + ";0")
        for width, height, colours, called in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            self._look(page, app, name, f"{width} px, {colours}, en", "en")
            page.screenshot(
                path=str(self.folder / f"{app}-{name}-{called}.jpg"), full_page=True,
                caret="initial", type="jpeg", quality=80)

    def _load(self, page, app: str, path: str, weight: list):
        total = sum(len(one.body()) for one in weight if one.status == 200)
        shifted = page.evaluate("window.shifted")
        if shifted > SHIFT_MAX:
            # A machine that is busy shows a long table in pieces; a page that is at fault moves
            # each time.
            page.reload(wait_until="load")
            shifted = page.evaluate("window.shifted")
        if shifted > SHIFT_MAX:
            self.faults.append(f"{app} {path}: the page moved by {shifted:.3f} while it was loaded")
        self.heaviest = max(self.heaviest, total if path != "/docs" else 0)
        if total > WEIGHT_MAX and path != "/docs":
            self.faults.append(f"{app} {path}: {total} bytes without photos")
        page.keyboard.press("Tab")
        focused = page.evaluate("""() => {
            const one = document.activeElement, box = one.getBoundingClientRect();
            return one.className + (box.left >= 0 && box.width > 0 ? ' seen' : ' hidden');
        }""")
        page.evaluate("document.activeElement.blur()")
        if not focused.endswith(" seen"):
            self.faults.append(f"{app} {path}: what has the focus is not seen: {focused}")

    def _look(self, page, app: str, path: str, how: str, language: str):
        self.looks += 1
        where = f"{app} {path} ({how})"
        self.faults += [f"{where}: axe: {one}" for one in page.evaluate(RUN_AXE, RULES)]
        self._shape(page, where, language)

    def _shape(self, page, where: str, language: str):
        shape = page.evaluate(SHAPE)
        if shape["over"] > 0:
            self.faults.append(f"{where}: {shape['over']} px too wide: {shape['what']}")
        if shape["inline"]:
            self.faults.append(f"{where}: {shape['inline']} scripts or styles within the page")
        if shape["ids"]:
            self.faults.append(f"{where}: ids that are there twice: {shape['ids']}")
        if shape["broken"]:
            self.faults.append(f"{where}: words broken within buttons: {shape['broken'][:3]}")
        if shape["unsized"]:
            self.faults.append(f"{where}: pictures without a size: {shape['unsized'][:3]}")
        if not shape["title"] or shape["lang"] != language:
            self.faults.append(f"{where}: no title, or in “{shape['lang']}”")


def heads(app: str, answers: dict[str, tuple[int, dict, str]]) -> list[str]:
    """What every answer has to say of itself."""
    faults = []
    for path, (status, headers, text) in answers.items():
        if status >= 500:
            faults.append(f"{app} {path}: {status}")
        for name in ["x-content-type-options", "referrer-policy", "x-frame-options"]:
            if name not in headers:
                faults.append(f"{app} {path}: no {name}")
        policy = headers.get("content-security-policy", "")
        least = "default-src 'none'" if text else "frame-ancestors 'none'"
        if least not in policy or "unsafe" in policy:
            faults.append(f"{app} {path}: Content-Security-Policy is “{policy}”")
    return faults
