// What makes the seller's desk and the back office quicker to use; every page works without it.
"use strict";

// Pictures of a listing: seen before they are sent, with how far the sending is; put in order by
// dragging; and looked at again while they are being made.
function picturesOf(page) {
  const upload = page.querySelector("form[data-upload]");
  if (upload) beforeSending(upload);
  for (const thumbs of page.querySelectorAll("[data-photos]")) {
    dragging(thumbs);
    if (thumbs.hasAttribute("data-making")) lookAgain(thumbs);
  }
}

function beforeSending(form) {
  const input = form.querySelector("input[type=file]");
  const shown = document.createElement("ul");
  shown.className = "thumbs plain";
  form.append(shown);
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.hidden = true;
  progress.ariaLabel = form.dataset.saySending;
  form.append(progress);
  input.addEventListener("change", () => {
    shown.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("small");
      const isTooLarge = file.size > Number(form.dataset.most);
      name.textContent = isTooLarge ? file.name + ": " + form.dataset.sayTooLarge : file.name;
      name.classList.toggle("error", isTooLarge);
      item.append(name);
      // What this browser cannot open is still sent: it may be opened by us.
      createImageBitmap(file, { resizeWidth: 288, resizeQuality: "medium" }).then((bitmap) => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
        canvas.getContext("2d").drawImage(bitmap, 0, 0);
        item.prepend(canvas);
      }, () => {});
      return item;
    }));
  });
  const key = form.querySelector("input[name=idempotencyKey]");
  const button = form.querySelector("button");
  const problem = document.createElement("p");
  problem.className = "warning";
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  form.append(problem);
  // Nothing was added: the pictures are still chosen, and can be sent again.
  const stop = (sentence) => {
    problem.textContent = sentence;
    problem.hidden = false;
    progress.hidden = true;
    button.disabled = false;
    problem.scrollIntoView({ block: "center" });
  };
  // Other pictures are another thing to be done; the same ones are added once.
  input.addEventListener("change", () => {
    key.value = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.responseType = "document";
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) progress.value = sent.loaded / sent.total;
    });
    request.addEventListener("load", () => {
      const main = request.response?.querySelector("main");
      if (!main || request.status >= 400) {
        if (request.status === 403) freshToken();
        return stop(main?.querySelector(".lead")?.textContent || form.dataset.sayFailed);
      }
      document.querySelector("main").replaceWith(main);
      picturesOf(main);
      main.querySelector(".notice, .warning")?.scrollIntoView({ block: "center" });
    });
    request.addEventListener("error", () => stop(form.dataset.sayLost));
    const sent = new FormData(form);
    problem.hidden = true;
    progress.value = 0;
    progress.hidden = false;
    button.disabled = true;
    request.send(sent);
  });
}

// The forms of a page that was open for long are taken again.
async function freshToken() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("form[data-upload] input[name=formToken]");
  if (!fresh) return;
  for (const old of document.querySelectorAll("input[name=formToken]")) old.value = fresh.value;
}

function dragging(thumbs) {
  const form = thumbs.parentElement.querySelector("form[data-order]");
  const figures = () => [...thumbs.querySelectorAll("figure[data-image]")];
  if (!form || figures().length < 2) return;
  let dragged = null;
  for (const figure of figures()) {
    figure.draggable = true;
    figure.querySelectorAll("a, img").forEach((part) => { part.draggable = false; });
    figure.addEventListener("dragstart", (event) => {
      dragged = figure;
      figure.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    figure.addEventListener("dragend", () => {
      figure.classList.remove("dragged");
      const order = figures().map((one) => one.dataset.image);
      const inputs = [...form.querySelectorAll("input[name=images]")];
      if (inputs.every((input, at) => input.value === order[at])) return;
      inputs.forEach((input, at) => { input.value = order[at]; });
      form.requestSubmit();
    });
  }
  thumbs.addEventListener("dragover", (event) => {
    const over = event.target.closest("figure[data-image]");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const isLater = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    over[isLater ? "after" : "before"](dragged);
  });
  thumbs.addEventListener("drop", (event) => event.preventDefault());
}

function lookAgain(thumbs, seconds = 2) {
  setTimeout(async () => {
    if (!thumbs.isConnected) return;
    const answer = await fetch(thumbs.dataset.photos, { headers: { Accept: "text/html" } })
      .catch(() => null);
    // No answer, or too much to do: later. Any other no stays one.
    if (!answer || answer.status === 429 || answer.status === 503) return lookAgain(thumbs, 15);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-photos]");
    if (!fresh) return;
    // Not under somebody's hand, nor from under what they type.
    const isInUse = thumbs.querySelector(".dragged, details[open]");
    if (isInUse || thumbs.contains(document.activeElement)) return lookAgain(thumbs);
    thumbs.replaceWith(fresh);
    dragging(fresh);
    if (fresh.hasAttribute("data-making")) lookAgain(fresh);
  }, seconds * 1000);
}

// On a narrow screen a menu is one line: what is open is brought into sight.
for (const here of document.querySelectorAll(".main [aria-current], .tabs [aria-current]")) {
  const line = here.parentElement;
  line.scrollLeft = here.offsetLeft - line.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
}

picturesOf(document);

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
