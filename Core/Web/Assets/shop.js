// What makes the shop quicker to use; every page works without it.
"use strict";

// Suggestions while somebody types (WAI-ARIA 1.2, the combobox pattern).
for (const form of document.querySelectorAll("form[data-suggestions]")) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.role = "listbox";
  list.ariaLabel = "Suggestions";
  list.hidden = true;
  form.append(list);
  const state = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
    "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(state)) input.setAttribute(name, value);
  const words = { category: "Category", maker: "Maker", thing: "" };
  let chosen = -1, timer = 0, asking = null, shown = "";

  const close = () => {
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

// Another picture in the place of one that comes in several widths and types.
function replace(picture, address) {
  picture.closest("picture")?.querySelectorAll("source").forEach((source) => source.remove());
  picture.removeAttribute("srcset");
  picture.src = address;
}

// Choices of a thing: price, stock and picture follow at once.
for (const form of document.querySelectorAll("form[data-choices]")) {
  const price = document.querySelector("[data-shown=price]");
  const picture = document.querySelector("[data-shown=picture]");
  form.addEventListener("change", (event) => {
    const choice = event.target.closest("input[data-price]");
    if (!choice) return;
    if (price) price.textContent = choice.dataset.price;
    if (picture && choice.dataset.picture) replace(picture, choice.dataset.picture);
  });
}

// The gallery: a small picture takes the place of the large one.
for (const gallery of document.querySelectorAll(".gallery")) {
  const large = gallery.querySelector("[data-shown=picture]");
  gallery.addEventListener("click", (event) => {
    const link = event.target.closest(".small a");
    if (!link || !large || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    replace(large, link.href);
    large.alt = link.querySelector("img").alt;
    large.closest("a")?.setAttribute("href", link.href);
    gallery.querySelectorAll(".small a").forEach((other) =>
      other.toggleAttribute("aria-current", other === link));
  });
}
