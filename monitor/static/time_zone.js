// Proposes the browser's own time zone where none was chosen yet. Without it the list says UTC.
"use strict";
const list = document.querySelector("select[data-propose]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (list && [...list.options].some((each) => each.value === own)) {
  list.value = own;
  document.getElementById("zone-hint").textContent = "as your browser says";
}
