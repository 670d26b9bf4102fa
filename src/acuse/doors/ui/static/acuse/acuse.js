/* What the pages add for keyboards and pointers. Everything essential works without it. */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const year = 31536000;
  const remember = (name, value) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/; SameSite=Lax; Max-Age=${value ? year : 0}${secure}`;
  };

  /* Clicks */
  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.done = "";
    setTimeout(() => delete button.dataset.done, 1500);
  };
  const chooseTheme = (choice) => {
    if (choice) document.documentElement.dataset.theme = choice;
    else delete document.documentElement.dataset.theme;
    remember("acuse_theme", choice);
  };
  const toggleSide = () => {
    const narrow = document.documentElement.dataset.side === "icons";
    if (narrow) delete document.documentElement.dataset.side;
    else document.documentElement.dataset.side = "icons";
    remember("acuse_side", narrow ? "" : "icons");
  };
  const closeSide = () => {
    $("#side")?.classList.remove("open");
    $(".scrim")?.remove();
  };
  const openSide = () => {
    const side = $("#side");
    side.classList.add("open");
    const scrim = document.createElement("div");
    scrim.className = "scrim";
    scrim.addEventListener("click", closeSide);
    document.body.append(scrim);
    $("a", side).focus();
  };
  const openPalette = () => {
    const dialog = $("#palette");
    if (!dialog || dialog.open) return;
    closeSide();
    dialog.showModal();
    const input = $("input", dialog);
    input.value = "";
    filterPalette();
    input.focus();
  };
  const filterPalette = () => {
    const words = $("#palette input").value.trim();
    const pages = $$("#palette [data-pages] li");
    for (const item of pages) item.hidden = !item.textContent.toLowerCase().includes(words.toLowerCase());
    $("#palette [data-pages]").hidden = pages.every((item) => item.hidden);
    $("#palette [data-wanted] b").textContent = words;
    if (words === "") $("#palette-found").replaceChildren();
    showFound();
  };
  const showFound = () => {
    const found = $("#palette-found");
    if (!found) return;
    found.hidden = !found.children.length;
    $("#palette [data-wanted]").hidden = $("#palette input").value.trim() === "" || $("a[href]", found) !== null;
  };
  document.addEventListener("htmx:afterSwap", showFound);
  /* A variable of a template goes where the person last wrote, and the preview hears of it */
  let wroteIn = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-takes-variables]")) wroteIn = event.target;
  });
  const insert = (text, otherwise) => {
    const field = wroteIn?.isConnected ? wroteIn : document.getElementById(otherwise);
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const tickAll = (form) => {
    const boxes = $$("[data-row] input[type=checkbox]", form);
    const every = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !every;
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-copy],[data-theme-choice],[data-toggle-side],[data-open-side],[data-palette],[data-dismiss],[data-print],[data-insert],[data-tick-all]");
    if (target) {
      if ("copy" in target.dataset) copy(target);
      if ("themeChoice" in target.dataset) chooseTheme(target.dataset.themeChoice);
      if ("toggleSide" in target.dataset) toggleSide();
      if ("openSide" in target.dataset) openSide();
      if ("palette" in target.dataset) openPalette();
      if ("insert" in target.dataset) insert(target.dataset.insert, target.dataset.into);
      if ("tickAll" in target.dataset) tickAll(target.form);
      if ("dismiss" in target.dataset) target.parentElement.remove();
    }
    for (const menu of $$("details.menu-pop[open]")) if (!menu.contains(event.target)) menu.open = false;
    const row = event.target.closest("[data-row]");
    if (row && !event.target.closest("a,button,input,summary") && !String(getSelection())) {
      const link = $("a[data-open]", row);
      if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
      else link.click();
    }
    if (event.target.tagName === "DIALOG") event.target.close();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("#palette input")) filterPalette();
  });
  /* What was said of a file is not said of the one that is chosen instead */
  const absolve = (field) => {
    field.removeAttribute("aria-invalid");
    document.getElementById(`${field.id}_error`)?.remove();
  };
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submit]")) field.form.requestSubmit();
    if (field.matches("[data-chosen]")) {
      document.getElementById(field.dataset.chosen).textContent = [...field.files].map((file) => file.name).join(", ");
    }
    if (field.matches("[data-file]") && field.files.length) field.form.requestSubmit();
    if (field.matches("[type=file][aria-invalid]")) absolve(field);
  });
  const leaveEmptyFieldsOut = (form) => {
    for (const field of $$("input,select", form)) if (!field.value) field.disabled = true;
  };
  const goOnce = (event) => {
    const form = event.target;
    if ("going" in form.dataset) event.preventDefault();
    form.dataset.going = "";
    setTimeout(() => $$("button[type=submit]", form).forEach((button) => (button.disabled = true)));
  };
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-tidy]")) leaveEmptyFieldsOut(event.target);
    if (event.target.matches("[data-once]")) goOnce(event);
  });
  /* Says at its own place, and until it is closed, what a browser would say for a moment and in a language of its own */
  const sayWhatIsMissing = (event) => {
    const said = document.getElementById(event.target.dataset.missing);
    if (!said) return;
    event.preventDefault();
    $("#toasts").replaceChildren(said.content.cloneNode(true));
    event.target.focus();
  };
  document.addEventListener("invalid", sayWhatIsMissing, true);
  addEventListener("pageshow", () => {
    $$("[data-tidy] :disabled").forEach((field) => (field.disabled = false));
    $$("[data-going]").forEach((form) => delete form.dataset.going);
  });

  /* A key that was refused, or put off by its owner: allauth tells by an event */
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    $("[data-key-error]")?.removeAttribute("hidden");
  });

  /* Files dropped on the verification page */
  for (const zone of $$(".drop")) {
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, () => zone.classList.add("over"));
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  }
  for (const note of $$(".toast-note[data-fades]")) setTimeout(() => note.remove(), 6000);

  /* Keyboard */
  const rows = () => $$("[data-row]");
  const move = (step) => {
    const all = rows();
    if (!all.length) {
      $(step > 0 ? "[data-next]" : "[data-previous]")?.click();
      return;
    }
    const at = all.findIndex((row) => row.classList.contains("selected"));
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    all.forEach((row) => row.classList.toggle("selected", row === next));
    $("a[data-open]", next)?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => {
      const search = $("[data-search]");
      const folded = search?.closest("details");
      if (folded) folded.open = true;
      search?.focus();
    },
    c: () => $("[data-new]")?.click(),
    e: () => $("[data-export]")?.click(),
    u: () => $("[data-utc]")?.click(),
    x: () => $("[data-row].selected input[type=checkbox]")?.click(),
    r: () => $('[data-tab="write-answer"]')?.click(),
    n: () => $('[data-tab="write-note"]')?.click(),
    a: () => ($("[data-assign]") ?? $("[data-bulk]"))?.focus(),
    "?": () => $("#shortcuts")?.showModal(),
    Escape: () => $("[data-back]")?.click(),
  };
  const single = !$('meta[name="single-keys"][content="off"]');
  let waitsForPlace = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.key === "Escape" && $("#side.open")) return closeSide();
    const typing = event.target.closest("input,textarea,select,[contenteditable]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.querySelector("[data-reply],[data-note]") && !event.target.closest("button,select")) {
      event.preventDefault();
      event.target.form.requestSubmit($("[data-send]", event.target.form) ?? undefined);
      return;
    }
    /* The browser closes a dialog by itself */
    if (event.key === "Escape" && typing && !typing.closest("dialog")) {
      /* What was unfolded to search folds again */
      const folded = typing.matches("[data-search]") && typing.closest("details");
      if (folded) folded.open = false;
      return typing.blur();
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (!single && event.key !== "Escape") return;
    if (Date.now() < waitsForPlace) {
      waitsForPlace = 0;
      $(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
      return;
    }
    if (event.key === "g") waitsForPlace = Date.now() + 1500;
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  /* Live parts: say so when the line is lost, and when it is back */
  const line = (lost) => $$(".live").forEach((live) => live.classList.toggle("off", lost));
  document.addEventListener("htmx:sendError", () => line(true));
  document.addEventListener("htmx:timeout", () => line(true));
  document.addEventListener("htmx:responseError", () => line(true));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && line(false));
})();
