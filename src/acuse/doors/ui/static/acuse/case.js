/* The desk: a case takes the place of the one beside the list, and what is written in it is kept meanwhile. */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* A case is opened at what somebody said last, where list and case scroll for themselves; on a telephone at its head */
  const toTheLast = () => {
    if (!location.hash && matchMedia("(min-width: 1024px) and (min-height: 800px)").matches) {
      $$(".talk-said:not([data-automatic])").at(-1)?.scrollIntoView({ block: "start" });
    }
  };
  toTheLast();

  /* Answer or note */
  const showPanel = (name) => {
    $$("[data-tab]").forEach((tab) => tab.setAttribute("aria-selected", tab.dataset.tab === name));
    $$("[data-panel]").forEach((panel) => (panel.hidden = panel.dataset.panel !== name));
    $(`[data-panel="${name}"] textarea`)?.focus();
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    if (tab) showPanel(tab.dataset.tab);
  });

  /* Drafts: kept by htmx while one writes; what is not known to be kept goes when the case is left. A draft that came
     after its answer was sent would stand in the box again, so a form that is being sent keeps nothing any more. */
  const FIELDS = ["csrfmiddlewaretoken", "revision", "kind", "body", "template", "certified", "waits"];
  const unkept = () => $$("form[data-keeps][data-unkept]");
  const keep = async (form, leaving) => {
    const given = new FormData(form);
    const body = new URLSearchParams(FIELDS.map((name) => [name, given.get(name) ?? ""]));
    delete form.dataset.unkept;
    try {
      const answer = await fetch(form.getAttribute("hx-post"), { method: "POST", body, keepalive: leaving });
      if (answer.ok && !answer.redirected) return true;
    } catch {
      /* said by whoever asked */
    }
    form.dataset.unkept = "";
    return false;
  };
  let held = false; // back from leaving, once, by what could not be kept
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keeps]");
    if (!form) return;
    form.dataset.unkept = "";
    held = false;
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-keeps]")) return;
    event.target.dataset.sent = "";
    delete event.target.dataset.unkept;
    window.htmx?.trigger(event.target, "htmx:abort");
  });
  addEventListener("pageshow", () => $$("[data-sent]").forEach((form) => delete form.dataset.sent));
  addEventListener("pagehide", () => unkept().forEach((form) => keep(form, true)));
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.matches("form[data-keeps]")) return;
    if ("sent" in event.target.dataset) event.preventDefault();
    else if ("unkept" in event.target.dataset) event.target.dataset.unkept = "asked";
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful, xhr, pathInfo } }) => {
    const kept = successful && xhr.responseURL.endsWith(pathInfo.requestPath);
    if (kept && elt.dataset.unkept === "asked") delete elt.dataset.unkept; // what was typed meanwhile is unkept still
    const form = elt.closest("form[data-keeps]");
    if (form && !("sent" in form.dataset)) warn(kept);
  });
  const warn = (kept) => {
    if (!kept || !unkept().length) $("[data-not-kept]").hidden = kept;
  };
  /* An empty box is no answer, so htmx does not send it; what was deleted would come back. */
  document.addEventListener("htmx:validation:halted", ({ target: form }) => {
    if (!form.matches("form[data-keeps]")) return;
    window.htmx.trigger(form, "htmx:abort");
    keep(form, false).then(warn);
  });
  /* A letter that was put into the box is kept as if it had been typed. */
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "answer-writing") $("textarea", event.target).dispatchEvent(new Event("input", { bubbles: true }));
  });
  /* htmx sends a form to where its focused button would, and says what that would: what is kept goes where it is kept, as
     it stands. */
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target;
    if (!form.matches("form[data-keeps]")) return;
    event.detail.path = form.getAttribute("hx-post");
    event.detail.parameters.template = $("select[name=template]", form)?.value ?? "";
  });

  /* The case beside the list. Whatever is not a case (a sign-in, an error, no line) is a page of its own. What cannot be
     kept holds them back once; whoever leaves all the same leaves it. */
  const isOpening = (event) => event.detail.target?.id === "case";
  document.addEventListener("htmx:confirm", (event) => {
    const forms = isOpening(event) ? unkept() : [];
    if (!forms.length) return;
    event.preventDefault();
    Promise.all(forms.map((form) => keep(form, false))).then((kept) => {
      if (held || kept.every(Boolean)) return event.detail.issueRequest();
      held = true;
      $("[data-not-kept]").hidden = false;
    });
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
