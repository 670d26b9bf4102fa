/* Files looked at over the page that speaks of them. Without it, or where anything fails, a link opens a page of its own. */
"use strict";
(() => {
  const dialog = document.getElementById("viewer");
  const place = document.querySelector("#viewer [data-viewed]");
  const turn = (name) => document.querySelector(`[data-viewed] [data-turn="${name}"]`);

  let asked = 0;
  let flight;
  const show = async (address) => {
    const mine = ++asked;
    flight?.abort();
    flight = new AbortController();
    if (!dialog.open) {
      place.replaceChildren(dialog.querySelector("template").content.cloneNode(true));
      dialog.showModal();
    }
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: flight.signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const said = await answer.text();
      if (mine !== asked || !dialog.open) return;
      const held = document.activeElement?.dataset.turn;
      place.innerHTML = said;
      if (held) (turn(held) ?? place.querySelector("[tabindex]")).focus();
    } catch {
      if (mine === asked && dialog.open) location.assign(address);
    } finally {
      if (mine === asked) place.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!dialog || !link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link.href);
  });
  dialog?.addEventListener("close", () => {
    flight?.abort();
    place.replaceChildren();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest("input,textarea,select,[contenteditable]")) return;
    const body = event.target.closest(".viewer-body");
    if (body && body.scrollWidth > body.clientWidth) return;
    const name = { ArrowLeft: "before", ArrowRight: "on" }[event.key];
    const to = name && turn(name);
    if (to) {
      event.preventDefault();
      // A key held down asks for one after the other, not for all at once.
      if (!event.repeat || (place && !place.hasAttribute("aria-busy"))) to.click();
    }
  });
})();
