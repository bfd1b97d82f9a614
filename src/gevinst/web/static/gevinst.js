// The console works without this. It asks before what cannot be undone, and keeps a running page live.
"use strict";

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  // A second click sends nothing; the server would find it out too.
  if (event.target.dataset.sent) {
    event.preventDefault();
  }
  event.target.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
  }
});

for (const live of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(live.dataset.live);
  source.addEventListener("progress", (event) => {
    live.textContent = event.data;
  });
  source.addEventListener("ended", () => {
    source.close();
    window.location.reload();
  });
}

// Keys work while the list has the focus, so that they never get in the way of typing or of a screen reader.
for (const list of document.querySelectorAll("[data-keys]")) {
  const rows = [...list.querySelectorAll("tbody tr")];
  const link = (row) => row?.querySelector("th a");
  document.getElementById(list.dataset.keys)?.removeAttribute("hidden");
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const at = rows.indexOf(event.target.closest("tr"));
    if (event.key === "j") {
      link(rows[at + 1])?.focus();
    } else if (event.key === "k") {
      link(rows[at - 1])?.focus();
    } else if (event.key === "x") {
      rows[at]?.querySelector("input[type=checkbox]")?.click();
    }
  });
}
