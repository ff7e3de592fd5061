// What a mark says when it is pointed at.

import { fill, h } from "./dom.js";

const GAP = 14;
const choosers = new WeakMap();
let box = null;

/** Let the tooltips within an element say which of its marks can be chosen: `can(datum)`. */
export function tellChoosable(element, can) {
  choosers.set(element, can);
}

export function showTooltip(event, value) {
  box ??= document.body.appendChild(h("div", { class: "tooltip", "aria-hidden": "true" }));
  const lines = typeof value === "object" ? Object.entries(value) : [["", value]];
  fill(box,
    h("dl", {}, lines.map(([name, text]) => [h("dt", {}, name), h("dd", {}, String(text))])),
    hint(event.target));
  box.hidden = false;
  place(event.clientX, event.clientY);
}

// A mark that is reached by keyboard has no event of its own: it has the focus.
function hint(target) {
  const mark = target ?? document.activeElement;
  const can = choosers.get(mark.closest?.(".picture"));
  if (!can?.(mark.__data__?.datum ?? {})) return null;
  return h("p", { class: "hint" }, target ? "Click to filter" : "Enter to filter");
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
