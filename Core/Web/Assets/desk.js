// What makes the seller's desk quicker to use; every page works without it.
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
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    const instead = () => form.submit();
    request.open("POST", form.action);
    request.responseType = "document";
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) progress.value = sent.loaded / sent.total;
    });
    request.addEventListener("load", () => {
      const main = request.response?.querySelector("main");
      if (!main) return location.reload();
      document.querySelector("main").replaceWith(main);
      picturesOf(main);
      main.querySelector(".notice, .warning")?.scrollIntoView({ block: "center" });
    });
    request.addEventListener("error", instead);
    progress.hidden = false;
    form.querySelector("button").disabled = true;
    request.send(new FormData(form));
  });
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

function lookAgain(thumbs) {
  setTimeout(async () => {
    try {
      const answer = await fetch(thumbs.dataset.photos);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-photos]");
      // Not under somebody's hand.
      if (!fresh || thumbs.querySelector(".dragged")) return lookAgain(thumbs);
      thumbs.replaceWith(fresh);
      dragging(fresh);
      if (fresh.hasAttribute("data-making")) lookAgain(fresh);
    } catch { lookAgain(thumbs); }
  }, 2000);
}

picturesOf(document);
