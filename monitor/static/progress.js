// Follows a run while its page is open. Without it the page is loaded anew every few seconds.
"use strict";
const place = document.querySelector("[data-progress]");
const bar = place.querySelector("progress");
const words = place.querySelector("[data-words]");

async function look() {
  try {
    const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const run = await answer.json();
      if (run.is_over) {
        location.reload();
        return;
      }
      if (run.planned) {
        bar.max = run.planned;
        bar.value = run.checked;
        words.textContent = `${run.checked} of ${run.planned} pages looked at`;
      } else {
        bar.removeAttribute("value");
        words.textContent = "reading the publisher's lists";
      }
      if (run.failures) {
        words.textContent += `, ${run.failures} of them failed`;
      }
    }
  } catch (error) {
    words.textContent = "the monitor does not answer; trying again";
  }
  setTimeout(look, 1000);
}

look();
