// Keys of a difference: n and p go to the next and the previous change of the page, and from the
// last and the first one on to the neighbouring difference. Without it the links do the same.
"use strict";
const stops = [...document.querySelectorAll(".stop")];
const box = document.querySelector("#keys");
const leads = document.querySelector("a[rel=next], a[rel=prev]") !== null;
document.querySelector("[data-keys]").hidden = !leads && stops.length === 0;

function place() {
  return stops.findIndex((stop) => `#${stop.id}` === location.hash);
}

function go(step) {
  const next = stops[place() + step];
  if (next) {
    location.hash = next.id;
    return;
  }
  const link = document.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]");
  if (link) {
    location.assign(link.href);
  }
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (!box.checked || isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (event.key === "n") {
    go(1);
  } else if (event.key === "p") {
    go(-1);
  }
});
