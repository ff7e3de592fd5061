// The marks of a picture by keyboard: Tab enters it, arrows go from mark to mark, Enter chooses.

import { hideTooltip, showTooltip } from "./tooltip.js";

const MARK = '[role="graphics-symbol"][aria-roledescription]';
const GUIDE = /axis|legend|title/;
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The marks within an element; `renew()` is to be called whenever they were drawn anew. */
export class Marks {
  constructor(element, select) {
    Object.assign(this, { element, select, marks: [] });
    element.addEventListener("keydown", (event) => this.#pressed(event));
    element.addEventListener("focusin", (event) => tell(event.target));
    element.addEventListener("focusout", hideTooltip);
  }

  renew() {
    const found = [...this.element.querySelectorAll(MARK)].filter((mark) => mark.__data__?.datum);
    this.marks = found.filter((mark) => !GUIDE.test(mark.getAttribute("aria-roledescription")));
    const entry = this.marks.includes(document.activeElement) ? document.activeElement : this.marks[0];
    for (const mark of this.marks) mark.setAttribute("tabindex", mark === entry ? "0" : "-1");
  }

  #pressed(event) {
    const place = this.marks.indexOf(event.target);
    if (place < 0) return;
    if (event.key === "Enter" || event.key === " ") this.select(event.target.__data__.datum);
    else if (event.key in STEPS) this.#move(event.target, place + STEPS[event.key]);
    else if (event.key === "Home") this.#move(event.target, 0);
    else if (event.key === "End") this.#move(event.target, this.marks.length - 1);
    else return;
    event.preventDefault();
  }

  #move(from, place) {
    const next = this.marks[place];
    if (!next) return;
    from.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }
}

// What the pointer is told, at the place of the mark.
function tell(mark) {
  const value = mark.__data__?.tooltip;
  if (!value) return;
  const { left, top, width, height } = mark.getBoundingClientRect();
  showTooltip({ clientX: left + width / 2, clientY: top + height / 2 }, value);
}
