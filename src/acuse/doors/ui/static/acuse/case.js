/* The desk: a case takes the place of the one beside the list, and what is written in it is kept meanwhile. */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* A case is opened at what was said last, where list and case scroll for themselves; on a telephone at its head */
  const toTheLast = () => {
    if (!location.hash && matchMedia("(min-width: 1024px) and (min-height: 800px)").matches) {
      $$(".talk-said").at(-1)?.scrollIntoView({ block: "start" });
    }
  };
  toTheLast();

  /* Answer or note, the button that names what it does */
  const showPanel = (name) => {
    $$("[data-tab]").forEach((tab) => tab.setAttribute("aria-selected", tab.dataset.tab === name));
    $$("[data-panel]").forEach((panel) => (panel.hidden = panel.dataset.panel !== name));
    $(`[data-panel="${name}"] textarea`)?.focus();
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    if (tab) showPanel(tab.dataset.tab);
  });
  document.addEventListener("change", (event) => {
    const button = event.target.matches("[data-certified]") && $("[data-send]");
    if (button) $("[data-send-word]").textContent = event.target.checked ? button.dataset.wordCertified : button.dataset.wordPlain;
  });

  /* Drafts: kept by htmx while one writes; what it has not sent yet goes when the case is left. A draft that came after
     its answer was sent would stand in the box again, so a form that is being sent keeps nothing any more. */
  const FIELDS = ["csrfmiddlewaretoken", "revision", "kind", "body"];
  const unkept = () => $$("form[data-keeps][data-unkept]");
  const keep = (form) => {
    const given = new FormData(form);
    const kept = new URLSearchParams(FIELDS.map((name) => [name, given.get(name)]));
    delete form.dataset.unkept;
    return fetch(form.getAttribute("hx-post"), { method: "POST", body: kept, keepalive: true }).catch(() => {});
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keeps]");
    if (form) form.dataset.unkept = "";
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-keeps]")) return;
    event.target.dataset.sent = "";
    delete event.target.dataset.unkept;
  });
  addEventListener("pageshow", () => $$("[data-sent]").forEach((form) => delete form.dataset.sent));
  addEventListener("pagehide", () => unkept().forEach(keep));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { path } = event.detail.requestConfig;
    const form = $$("form[data-keeps]").find((one) => one.getAttribute("hx-post") === path);
    if (form && "sent" in form.dataset) event.preventDefault();
    else if (event.target === form) delete form.dataset.unkept;
  });

  /* The case beside the list. Whatever is not a case (a sign-in, an error, no line) is a page of its own. */
  const isOpening = (event) => event.detail.target?.id === "case";
  document.addEventListener("htmx:confirm", (event) => {
    const forms = isOpening(event) ? unkept() : [];
    if (!forms.length) return;
    event.preventDefault();
    Promise.all(forms.map(keep)).then(() => event.detail.issueRequest());
  });
  const rowOf = (address) => {
    const { pathname } = new URL(address, location);
    return $$("a[data-open]").find((link) => new URL(link.href).pathname === pathname);
  };
  const mark = (link) => {
    for (const one of $$("a[data-open]")) {
      one.closest("[data-row]").classList.toggle("selected", one === link);
      if (one === link) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isOpening(event)) return;
    mark(rowOf(event.detail.pathInfo.requestPath));
    event.detail.target.setAttribute("aria-busy", "true");
  });
  const failed = (event) => isOpening(event) && location.assign(event.detail.pathInfo.requestPath);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isOpening(event)) return;
    const { xhr, pathInfo } = event.detail;
    if (xhr.status === 200 && new URL(xhr.responseURL).pathname === new URL(pathInfo.requestPath, location).pathname) return;
    event.detail.shouldSwap = false;
    location.assign(pathInfo.requestPath);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const link = rowOf(location.href);
    if (link && !link.hasAttribute("aria-current")) mark(link); // in a list that is new
    if (!isOpening(event)) return;
    event.detail.target.removeAttribute("aria-busy");
    toTheLast();
    $("h1", event.detail.target)?.focus({ preventScroll: true });
  });
})();
