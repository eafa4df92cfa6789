// What makes the shop quicker to use; every page works without it.
"use strict";

// Suggestions while somebody types (WAI-ARIA 1.2, the combobox pattern).
for (const form of document.querySelectorAll("form[data-suggestions]")) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.role = "listbox";
  list.ariaLabel = form.dataset.sayList;
  list.hidden = true;
  form.append(list);
  const state = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
    "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(state)) input.setAttribute(name, value);
  const words = { category: form.dataset.sayCategory, maker: form.dataset.sayMaker, thing: "" };
  let chosen = -1, timer = 0, asking = null, shown = "";

  // What is still asked for comes to nobody: who has left the field sees no list open behind them.
  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    shown = "";
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    const options = [...list.children];
    chosen = options.length === 0 ? -1 : (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) return;
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = (items) => {
    list.replaceChildren(...items.map((item, at) => {
      const option = document.createElement("li");
      option.id = "suggestion-" + at;
      option.role = "option";
      option.setAttribute("aria-selected", "false");
      option.dataset.path = item.path;
      const label = document.createElement("span");
      label.textContent = item.label;
      const kind = document.createElement("small");
      kind.textContent = words[item.kind] || "";
      option.append(label, kind);
      return option;
    }));
    chosen = -1;
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    input.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    const text = input.value.trim();
    if (text === shown) return;
    shown = text;
    asking?.abort();
    if (text.length < 2) return close();
    asking = new AbortController();
    try {
      const answer = await fetch("/api/v1/suggestions?text=" + encodeURIComponent(text),
        { signal: asking.signal, headers: { accept: "application/json" } });
      if (answer.ok) show((await answer.json()).items);
    } catch { /* typed on meanwhile, or offline: the form works as it did */ }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && chosen >= 0) {
      location.assign(list.children[chosen].dataset.path);
      event.preventDefault();
    }
  });
  list.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("li");
    event.preventDefault();
    if (option) location.assign(option.dataset.path);
  });
  input.addEventListener("blur", () => setTimeout(close, 100));
}

// The gallery: swiped as the browser does it; a small picture brings its large one into view, and
// a large one opens by itself, where a further click shows it as large as it is.
const slides = [...document.querySelectorAll("[data-gallery] .reel > a")];
const reel = slides[0]?.parentElement;
function bringForward(slide) {
  reel.scrollTo({ left: slide.offsetLeft, behavior: "auto" });
}
if (reel) {
  const small = [...document.querySelectorAll("[data-gallery] .small a")];
  const mark = () => {
    const at = Math.round(reel.scrollLeft / reel.clientWidth);
    small.forEach((link, index) => {
      link.ariaCurrent = index === at ? "true" : null;
    });
  };
  reel.addEventListener("scroll", mark, { passive: true });
  mark();
  small.forEach((link, index) => link.addEventListener("click", (event) => {
    event.preventDefault();
    bringForward(slides[index]);
  }));

  // Made when somebody wants it.
  let viewer = null;
  const room = document.createElement("div");
  const large = document.createElement("img");
  room.append(large);
  const button = (label, sign, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "second";
    made.ariaLabel = label;
    made.textContent = sign;
    made.addEventListener("click", act);
    return made;
  };
  let at = 0;
  const show = (index) => {
    at = (index + slides.length) % slides.length;
    room.classList.remove("close-up");
    large.src = slides[at].href;
    large.alt = slides[at].querySelector("img").alt;
    bringForward(slides[at]);
  };
  const make = () => {
    viewer = document.createElement("dialog");
    viewer.className = "viewer";
    const words = document.querySelector("[data-gallery]").dataset;
    const bar = document.createElement("p");
    if (slides.length > 1) {
      bar.append(button(words.sayBefore, "‹", () => show(at - 1)),
        button(words.sayAfter, "›", () => show(at + 1)));
    }
    bar.append(button(words.sayLarger, "+", () => room.classList.toggle("close-up")));
    bar.append(button(words.sayClose, "×", () => viewer.close()));
    viewer.append(bar, room);
    viewer.ariaLabel = reel.ariaLabel;
    viewer.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") show(at + 1);
      if (event.key === "ArrowLeft") show(at - 1);
    });
    // Whoever closes it is at the picture that was seen last.
    viewer.addEventListener("close", () => {
      large.removeAttribute("src");
      slides[at].focus({ preventScroll: true });
    });
    swiping();
    document.body.append(viewer);
  };
  // A finger pulls the next picture in; a close-up it moves, as the browser does it.
  const swiping = () => {
    let from = null;
    room.addEventListener("pointerdown", (event) => {
      const isOne = event.isPrimary && event.pointerType === "touch";
      from = isOne && !room.classList.contains("close-up") ? event : null;
    });
    room.addEventListener("pointercancel", () => { from = null; });
    room.addEventListener("pointerup", (event) => {
      if (!from || slides.length < 2) return;
      const [right, down] = [event.clientX - from.clientX, event.clientY - from.clientY];
      from = null;
      if (Math.abs(right) > 40 && Math.abs(right) > 2 * Math.abs(down)) show(right < 0 ? at + 1 : at - 1);
    });
  };
  // A click shows what was under it; a second one the whole again.
  room.addEventListener("click", (event) => {
    if (event.target !== large) return viewer.close();
    const box = large.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    if (!room.classList.toggle("close-up")) return;
    room.scrollTo(large.offsetWidth * x - room.clientWidth / 2,
      large.offsetHeight * y - room.clientHeight / 2);
  });
  slides.forEach((slide, index) => slide.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (!viewer) make();
    viewer.showModal();
    show(index);
  }));
}

// Choices of a thing: price, stock and picture follow at once, and what sending it costs as soon as
// the server has said it.
for (const form of document.querySelectorAll("form[data-choices]")) {
  let asking = null;
  const askForDelivery = async (choice) => {
    if (!document.querySelector("[data-delivery]")) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch("?variant=" + choice.value,
        { signal: asking.signal, headers: { accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [now, then] = [page, document].map((one) => one.querySelector("[data-delivery]"));
      // Whoever is about to choose a country goes on with it.
      if (now && !then.contains(document.activeElement)) then.replaceWith(now);
    } catch { /* chosen anew meanwhile, or offline: the checkout says it */ }
  };
  const shown = (name) => document.querySelector("[data-shown=" + name + "]");
  const follow = (choice) => {
    for (const name of ["price", "stock"]) {
      const place = shown(name);
      if (place) place.textContent = choice.dataset[name];
    }
    const slide = slides.find((slide) => slide.id === choice.dataset.picture);
    if (slide) bringForward(slide);
  };
  form.addEventListener("change", (event) => {
    const choice = event.target.closest("input[data-price]");
    if (!choice) return;
    follow(choice);
    askForDelivery(choice);
  });
  // Whoever comes back finds what they had chosen, which the browser remembers.
  addEventListener("pageshow", () => {
    const choice = form.querySelector("input[data-price]:checked");
    if (!choice) return;
    if (!choice.defaultChecked || "asked" in form.dataset) follow(choice);
    if (!choice.defaultChecked) askForDelivery(choice);
  });
}

// A thing with several options: each value is a link to the page that has it chosen, of which what
// depends on the choice is taken over here.
const chosenFirst = document.querySelector("form[data-axes]");
if (chosenFirst) {
  let asking = null;
  const links = (root) => [...root.querySelectorAll("form[data-axes] .axis a")];
  const bringOwn = (form) => {
    const slide = slides.find((slide) => slide.id === form.dataset.picture);
    if (slide) bringForward(slide);
  };
  const take = (page, place) => {
    const [then, now] = [document, page].map((one) => one.querySelector("form[data-axes]"));
    for (const name of ["price", "stock"]) {
      const [old, fresh] = [document, page].map((one) => one.querySelector("[data-shown=" + name + "]"));
      if (old && fresh) old.textContent = fresh.textContent;
    }
    const [typed, many] = [then, now].map((one) => one.querySelector("[name=quantity]"));
    if (typed && many) many.value = typed.value;
    then.replaceWith(now);
    const [before, after] = [document, page].map((one) => one.querySelector(".delivery"));
    if (before && after) before.replaceWith(after);
    bringOwn(now);
    links(document)[place]?.focus({ preventScroll: true });
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("form[data-axes] .axis a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    asking?.abort();
    asking = new AbortController();
    const place = links(document).indexOf(link);
    try {
      const answer = await fetch(link.href,
        { signal: asking.signal, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("form[data-axes]")) throw new Error("another page");
      take(page, place);
      history.replaceState(null, "", link.href.split("#")[0]);
    } catch (error) {
      // Chosen anew meanwhile; else the browser goes there itself.
      if (error.name !== "AbortError") location.assign(link.href);
    }
  });
  if (location.search) bringOwn(chosenFirst);
}

// Words for a parcel that were typed and not kept yet go along to the checkout.
const onward = document.querySelector("main a[href='/checkout']");
onward?.addEventListener("click", async (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const typed = [...document.querySelectorAll("form[data-wishes]")].filter((form) =>
    [...form.elements].some((one) => "defaultValue" in one && one.value !== one.defaultValue));
  if (typed.length === 0) return;
  event.preventDefault();
  for (const form of typed) {
    try {
      const answer = await fetch(form.action, { method: "post",
        body: new URLSearchParams(new FormData(form)), headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error("refused");
    } catch {
      // The page of the refusal says why.
      form.requestSubmit();
      return;
    }
  }
  location.assign(onward.href);
});

// Clock times stand in UTC; here they are told in the time of where somebody is.
for (const time of document.querySelectorAll("time[data-clock]")) {
  const at = new Date(time.dateTime);
  if (isNaN(at)) continue;
  const language = document.documentElement.lang;
  const shown = { timeStyle: "short", dateStyle: time.dataset.clock === "hour" ? undefined : "long" };
  time.title = time.textContent;
  // Our English writes days before months.
  time.textContent = at.toLocaleString(language === "en" ? "en-GB" : language, shown);
}

// A hand that is used to double clicks sends a form once; the server answers a twin as the first,
// but for what may be done twice on purpose.
const sent = new WeakMap();
addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.timeStamp - sent.get(event.target) < 1000) event.preventDefault();
  else sent.set(event.target, event.timeStamp);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) sent.delete(form);
});
