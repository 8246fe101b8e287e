// Puts words that are selected in a report into the form that watches a passage, once it is opened.
"use strict";
const form = document.getElementById("watch");
const field = document.getElementById("watch-quote");
let selected = "";
document.addEventListener("selectionchange", () => {
  const chosen = getSelection();
  const at = chosen.rangeCount ? chosen.getRangeAt(0).commonAncestorContainer : null;
  const around = at && (at.nodeType === Node.ELEMENT_NODE ? at : at.parentElement);
  if (around && around.closest(".text") && String(chosen).trim()) {
    selected = String(chosen).trim().slice(0, field.maxLength);
  }
});
form.addEventListener("toggle", () => {
  if (form.open && selected) {
    field.value = selected;
  }
});
