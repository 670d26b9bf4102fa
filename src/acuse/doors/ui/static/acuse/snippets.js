/* Snippets after / in an answer: a list under the box (a listbox of ARIA that the box points into), and their text once it is filled
   in. Without it, one chooses them beside the templates. */
"use strict";
(() => {
  const MOST = 8;
  const CALLING = /(?:^|[\s(])\/([a-z0-9-]*)$/iu;
  let field = null; // the answer in which a shortcut is being typed, while the list is open
  let start = -1; // where its / stands
  let closed = -1; // the / whose list was closed by Escape
  let active = null;

  const list = () => document.getElementById("snippets");
  const options = () => [...list().children].filter((one) => !one.hidden);

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
    for (const name of ["aria-haspopup", "aria-controls", "aria-autocomplete", "aria-activedescendant"]) field.removeAttribute(name);
    field = active = null;
  };
  const open = (answer) => {
    field = answer;
    list().hidden = false;
    // A box of several lines stays a textbox: it may not be a combobox (ARIA in HTML).
    const said = { "aria-haspopup": "listbox", "aria-controls": "snippets", "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(said)) field.setAttribute(name, value);
    point(options()[0]);
  };
  const look = (answer) => {
    const found = list() && answer.value.slice(0, answer.selectionStart).match(CALLING);
    if (!found) closed = -1;
    start = found ? answer.selectionStart - found[1].length - 1 : -1;
    if (!found || start === closed) return close();
    const word = found[1].toLowerCase();
    let left = MOST;
    for (const one of list().children) one.hidden = !one.dataset.shortcut.startsWith(word) || left-- <= 0;
    if (options().length) open(answer);
    else close();
  };

  const told = (words) => (document.getElementById("snippet-told").textContent = words);
  const fetched = async (form, snippet) => {
    const body = new URLSearchParams({ snippet, csrfmiddlewaretoken: new FormData(form).get("csrfmiddlewaretoken") });
    const answer = await fetch(list().dataset.text, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "error" });
    return { text: await answer.text(), done: answer.ok, known: answer.ok || answer.status === 409 };
  };
  const choose = async (option) => {
    const answer = field;
    const at = start;
    const typed = answer.value.slice(at, answer.selectionStart);
    const otherwise = list().dataset.failed;
    close();
    answer.focus();
    told("");
    const found = await fetched(answer.form, option.dataset.snippet).catch(() => ({ known: false }));
    if (!answer.isConnected) return;
    if (!found.done) return told(found.known ? found.text : otherwise);
    // Whoever typed on meanwhile has it where they are now, and what they typed stays.
    if (answer.value.slice(at, at + typed.length) === typed) answer.setRangeText(found.text, at, at + typed.length, "end");
    else answer.setRangeText(found.text, answer.selectionStart, answer.selectionEnd, "end");
    answer.dispatchEvent(new Event("input", { bubbles: true }));
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
  document.addEventListener("input", (event) => event.target.matches("[data-reply]") && look(event.target));
  document.addEventListener("mousedown", (event) => {
    // The box keeps the focus.
    if (event.target.closest("#snippets")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = field && event.target.closest("#snippets [role=option]");
    if (option) choose(option);
    else if (event.target === field) look(field);
  });
  document.addEventListener("focusout", (event) => event.target === field && close());
})();
