/* What a sign offers while one writes: colleagues after @ in a note, snippets after / in an answer. A list under the box, by
   ARIA's pattern of a combobox with a listbox; the box stays what it is, as HTML allows a box of several lines no other role.
   Without it, names are typed, and snippets chosen beside the templates. */
"use strict";
(() => {
  let offered = null; // what is offered, while its list is open
  let field = null; // the box in which its word is being typed
  let start = -1; // where its sign stands
  let closed = -1; // the sign whose list was closed by Escape
  let active = null;

  const list = (offer = offered) => document.getElementById(offer.list);
  const options = () => [...list().children].filter((one) => !one.hidden);
  const said = (offer) => ({ "aria-haspopup": "listbox", "aria-controls": offer.list, "aria-autocomplete": "list" });

  const point = (option) => {
    active = option;
    for (const one of list().children) one.setAttribute("aria-selected", String(one === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    if (!field) return;
    list()?.toggleAttribute("hidden", true);
    for (const name of [...Object.keys(said(offered)), "aria-activedescendant"]) field.removeAttribute(name);
    offered = field = active = null;
  };
  const open = (offer, box) => {
    offered = offer;
    field = box;
    list().hidden = false;
    for (const [name, value] of Object.entries(said(offer))) field.setAttribute(name, value);
    point(options()[0]);
  };
  const look = (box) => {
    const offer = OFFERS.find((one) => box.matches(one.box));
    if (!offer || !list(offer)) return;
    const found = box.value.slice(0, box.selectionStart).match(offer.sign);
    if (!found) closed = -1;
    start = found ? box.selectionStart - found[1].length - 1 : -1;
    if (!found || start === closed) return close();
    let left = offer.most;
    for (const one of list(offer).children) one.hidden = !offer.fits(one, found[1]) || left-- <= 0;
    if ([...list(offer).children].some((one) => !one.hidden)) open(offer, box);
    else close();
  };
  const choose = (option) => {
    const [offer, box, from] = [offered, field, start];
    close();
    box.focus();
    offer.choose(option, box, from);
  };
  const put = (box, text, from, to) => {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
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
  document.addEventListener("input", (event) => look(event.target));
  document.addEventListener("keyup", (event) => {
    if (event.target === field && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) look(field);
  });
  document.addEventListener("mousedown", (event) => {
    if (field && list()?.contains(event.target)) event.preventDefault(); // the box keeps the focus
  });
  document.addEventListener("click", (event) => {
    const option = field && event.target.closest("[role=option]");
    if (option && list()?.contains(option)) choose(option);
    else if (event.target === field) look(field);
  });
  document.addEventListener("focusout", (event) => event.target === field && close());

  /* Colleagues: by any word of their name, whatever its case and accents */
  const level = (text) => ` ${text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()}`;
  const colleagues = {
    box: "[data-note]",
    list: "colleagues",
    sign: /(?:^|[\s(])@([^@\n]*)$/u,
    most: 5,
    fits: (option, word) => level(option.textContent).includes(level(word)),
    choose: (option, note, at) => put(note, `@${option.textContent} `, at, note.selectionStart),
  };

  /* Snippets: by the beginning of their shortcut; their text comes filled in */
  const told = (words) => (document.getElementById("snippet-told").textContent = words);
  const fetched = async (form, { snippet }, address) => {
    const body = new URLSearchParams({ snippet, csrfmiddlewaretoken: new FormData(form).get("csrfmiddlewaretoken") });
    const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "error" });
    return { text: await answer.text(), done: answer.ok, known: answer.ok || answer.status === 409 };
  };
  const snippets = {
    box: "[data-reply]",
    list: "snippets",
    sign: /(?:^|[\s(])\/([a-z0-9-]*)$/iu,
    most: 8,
    fits: (option, word) => option.dataset.shortcut.startsWith(word.toLowerCase()),
    choose: async (option, answer, at) => {
      const typed = answer.value.slice(at, answer.selectionStart);
      const { text, failed } = option.parentElement.dataset;
      told("");
      const found = await fetched(answer.form, option.dataset, text).catch(() => ({ known: false }));
      if (!answer.isConnected) return;
      if (!found.done) return told(found.known ? found.text : failed);
      // Whoever typed on meanwhile has it where they are now, and what they typed stays.
      if (answer.value.slice(at, at + typed.length) === typed) put(answer, found.text, at, at + typed.length);
      else put(answer, found.text, answer.selectionStart, answer.selectionEnd);
    },
  };
  const OFFERS = [colleagues, snippets];

  /* A shortcut that nobody chose is asked about once before it is sent. In 24/7, and/or and addresses no slash begins a word. */
  const SHORTCUT = /(?<=^|[\s(])\/[a-z][a-z0-9-]*(?=$|[\s.,;:!?)])/giu;
  const asking = () => document.getElementById("snippet-left");
  document.addEventListener("submit", (event) => {
    const answer = event.target.querySelector(snippets.box);
    const left = answer && asking() ? [...answer.value.matchAll(SHORTCUT)] : [];
    const words = left.map(([word]) => word).join(" ");
    if (!words || asking().dataset.asked === words) return;
    event.preventDefault();
    event.stopPropagation(); // nothing leaves yet
    asking().querySelector("code").textContent = asking().dataset.asked = words;
    asking().hidden = false;
    const end = left[0].index + left[0][0].length;
    answer.focus();
    answer.setSelectionRange(end, end);
    closed = -1;
    look(answer);
  }, true);
  document.addEventListener("input", (event) => {
    if (asking() && event.target.matches(snippets.box)) asking().hidden = true;
  });
})();
