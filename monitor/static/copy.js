// Puts a button below each line to cite that copies it: without it one selects the line and copies.
"use strict";
for (const line of document.querySelectorAll(".copy")) {
  const row = document.createElement("p");
  const button = document.createElement("button");
  const said = document.createElement("span");
  row.className = "row";
  button.type = "button";
  button.className = "plain-button";
  button.textContent = "Copy";
  const style = line.previousElementSibling;
  if (style?.classList.contains("style-name")) {
    button.setAttribute("aria-label", `Copy: ${style.textContent}`);
  }
  said.className = "detail";
  said.setAttribute("role", "status");
  row.append(button, " ", said);
  line.after(row);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(line.textContent);
      said.textContent = "Copied.";
    } catch {
      // Pages that are neither on HTTPS nor on this machine may not copy: select it instead.
      getSelection().selectAllChildren(line);
      said.textContent = "Selected; copy it with your keyboard.";
    }
  });
}
