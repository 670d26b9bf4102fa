/* Names after @ in a note: a list of colleagues under the box, by ARIA's pattern of a combobox with a listbox; the box stays
   what it is, as HTML allows a box of several lines no other role. Without it, one types them. */
"use strict";
(() => {
  const MOST = 5;
  const ABOUT = { "aria-haspopup": "listbox", "aria-controls": "colleagues", "aria-autocomplete": "list" };
  const NAMING = /(?:^|[\s(])@([^@\n]*)$/u;
  let field = null; // the note in which a name is being typed, while the list is open
  let start = -1; // where its @ stands
  let closed = -1; // the @ whose list was closed by Escape
  let active = null;

  const list = () => document.getElementById("colleagues");
  const options = () => [...list().children].filter((one) => !one.hidden);
  const level = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const point = (option) => {
    active = option;
    for (const one of list().children) one.setAttribute("aria-selected", String(one === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    if (!field) return;
    const shown = list();
    if (shown) shown.hidden = true;
    for (const name of [...Object.keys(ABOUT), "aria-activedescendant"]) field.removeAttribute(name);
    field = active = null;
  };
  const open = (note) => {
    field = note;
    list().hidden = false;
    for (const [name, value] of Object.entries(ABOUT)) field.setAttribute(name, value);
    point(options()[0]);
  };
  const look = (note) => {
    const found = list() && note.value.slice(0, note.selectionStart).match(NAMING);
    if (!found) closed = -1;
    start = found ? note.selectionStart - found[1].length - 1 : -1;
    if (!found || start === closed) return close();
    const words = ` ${level(found[1])}`;
    let left = MOST;
    for (const one of list().children) one.hidden = !` ${level(one.textContent)}`.includes(words) || left-- <= 0;
    if (options().length) open(note);
    else close();
  };
  const choose = (option) => {
    const note = field;
    note.setRangeText(`@${option.textContent} `, start, note.selectionStart, "end");
    close();
    note.focus();
    note.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const keys = {
    ArrowDown: (all, at) => point(all[(at + 1) % all.length]),
    ArrowUp: (all, at) => point(all[(at - 1 + all.length) % all.length]),
    Enter: (all, at) => choose(all[at]),
    Tab: (all, at) => choose(all[at]),
    Escape: () => {
      closed = start;
      close();
    },
  };
  // Before the page's own keys: Escape closes the list, and leaves the box where it is.
  document.addEventListener("keydown", (event) => {
    const act = event.target === field && !event.isComposing && keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const all = options();
    act(all, all.indexOf(active));
  }, true);
  document.addEventListener("input", (event) => event.target.matches("[data-note]") && look(event.target));
  document.addEventListener("keyup", (event) => {
    if (event.target === field && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) look(field);
  });
  document.addEventListener("mousedown", (event) => {
    // The box keeps the focus.
    if (event.target.closest("#colleagues")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = field && event.target.closest("#colleagues [role=option]");
    if (option) choose(option);
    else if (event.target === field) look(field);
  });
  document.addEventListener("focusout", (event) => event.target === field && close());
})();
