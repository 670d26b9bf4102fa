/* The public form: its page is swapped around the files that were chosen, which stay. Without it the form is sent as any other. */
"use strict";
(() => {
  const main = document.getElementById("content");
  const form = () => document.getElementById("write");
  const files = () => document.getElementById("files");
  const sending = () => document.getElementById("sending");

  /* Nobody is told that they were too fast: what is sent before its time waits here */
  let ready = 0;
  let waits = 0;
  const begin = () => (ready = performance.now() + Number(form()?.dataset.early ?? 0));

  const show = (text) => {
    sending().hidden = false;
    sending().querySelector("[role=status]").textContent = text;
    document.getElementById("trouble").hidden = true;
  };
  const hide = () => {
    clearTimeout(waits);
    waits = 0;
    if (sending()) sending().hidden = true;
  };
  const tell = (text) => {
    hide();
    const trouble = document.getElementById("trouble");
    trouble.querySelector("span").textContent = text;
    trouble.hidden = false;
    trouble.focus();
  };
  const stop = () => {
    if (!waits) htmx.trigger(form(), "htmx:abort");
    tell(document.getElementById("trouble").dataset.stopped);
  };

  const check = (field) => {
    const sizes = [...field.files].map((file) => file.size);
    const { mostFiles, mostOctets, tooMuch, empty } = field.dataset;
    const much = sizes.length > Number(mostFiles) || sizes.reduce((sum, size) => sum + size, 0) > Number(mostOctets);
    const wrong = much ? tooMuch : sizes.includes(0) ? empty : "";
    field.setCustomValidity(wrong);
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    document.getElementById("files-error").textContent = wrong;
  };

  main.addEventListener("change", (event) => event.target === files() && check(event.target));
  main.addEventListener("click", (event) => event.target.closest("[data-stop]") && stop());
  const on = (name, act) => main.addEventListener(`htmx:${name}`, (event) => event.target === form() && act(event));
  on("confirm", (event) => {
    const early = ready - performance.now();
    if (early <= 0 || event.detail.triggeringEvent.submitter?.value !== "send") return;
    event.preventDefault();
    if (waits) return;
    show(sending().dataset.waits);
    waits = setTimeout(() => {
      waits = 0;
      event.detail.issueRequest(true);
    }, early);
  });
  /* Files travel when they are sent for good, and not to look at another page */
  const isSent = (data) => data.get("step") === "send";
  on("configRequest", ({ detail }) => isSent(detail.formData) || detail.formData.delete("files"));
  on("beforeSend", ({ detail }) => {
    if (!isSent(detail.requestConfig.formData)) return;
    sending().querySelector("progress").removeAttribute("value");
    show(sending().dataset.sends);
  });
  on("xhr:progress", ({ detail }) => {
    if (!detail.lengthComputable || sending().hidden) return;
    sending().querySelector("progress").value = (100 * detail.loaded) / detail.total;
    if (detail.loaded === detail.total) show(sending().dataset.sent);
  });
  /* A page of the form is shown whatever its status; another page, as of a proxy, is not */
  main.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target !== main) return;
    event.detail.shouldSwap = event.detail.serverResponse.includes('id="write"');
    event.detail.isError = !event.detail.shouldSwap;
  });
  on("responseError", ({ detail }) => {
    const much = detail.xhr.status === 413 && files();
    tell(much ? files().dataset.tooMuch : document.getElementById("trouble").dataset.lost);
  });
  on("sendError", () => tell(document.getElementById("trouble").dataset.lost));
  on("timeout", () => tell(document.getElementById("trouble").dataset.lost));
  main.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== main) return;
    begin();
    if (files()) check(files());
    const title = main.querySelector("h1");
    title.tabIndex = -1;
    (main.querySelector("[autofocus]") ?? title).focus();
  });
  addEventListener("pageshow", hide);
  begin();
})();
