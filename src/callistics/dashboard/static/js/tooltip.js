// What a mark says when it is pointed at.

import { fill, h } from "./dom.js";

const GAP = 14;
let box = null;

export function showTooltip(event, value) {
  box ??= document.body.appendChild(h("div", { class: "tooltip", "aria-hidden": "true" }));
  const lines = typeof value === "object" ? Object.entries(value) : [["", value]];
  fill(box, h("dl", {}, lines.map(([name, text]) => [h("dt", {}, name), h("dd", {}, String(text))])));
  box.hidden = false;
  place(event.clientX, event.clientY);
}

function place(x, y) {
  const { width, height } = box.getBoundingClientRect();
  const left = x + GAP + width > innerWidth ? x - GAP - width : x + GAP;
  const top = y + GAP + height > innerHeight ? y - GAP - height : y + GAP;
  box.style.left = `${Math.max(left, 4)}px`;
  box.style.top = `${Math.max(top, 4)}px`;
}

export function hideTooltip() {
  if (box) box.hidden = true;
}

addEventListener("keydown", (event) => event.key === "Escape" && hideTooltip());
addEventListener("scroll", hideTooltip, { passive: true, capture: true });
