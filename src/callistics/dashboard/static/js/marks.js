// The marks of a picture by keyboard: Tab enters it, arrows go from mark to mark, Enter chooses.

import { hideTooltip, showTooltip } from "./tooltip.js";

const MARK = '[role="graphics-symbol"][aria-roledescription]';
const GUIDE = /axis|legend|title/;
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The marks within an element; `replace(draw)` is how they are drawn anew. `keys` tell rows apart. */
export class Marks {
  constructor(element, keys, select) {
    Object.assign(this, { element, keys, select, marks: [] });
    element.addEventListener("keydown", (event) => this.#pressed(event));
    element.addEventListener("focusin", (event) => this.#entered(event.target));
    element.addEventListener("focusout", hideTooltip);
  }

  /** Draw with a function; who was at a mark is at the one of the same row afterwards. */
  replace(draw) {
    const held = this.marks.find((mark) => mark === document.activeElement);
    const name = held && this.#nameOf(held);
    const nth = held && this.#named(name).indexOf(held);
    draw();
    this.#find();
    if (held) this.#named(name)[nth]?.focus({ preventScroll: true });
  }

  #named(name) {
    return this.marks.filter((mark) => this.#nameOf(mark) === name);
  }

  // Its label will not do: it holds the figures too.
  #nameOf(mark) {
    const row = mark.__data__.datum;
    return JSON.stringify([mark.getAttribute("aria-roledescription"), ...this.keys.map((key) => row[key])]);
  }

  #find() {
    const found = [...this.element.querySelectorAll(MARK)].filter((mark) => mark.__data__?.datum);
    this.marks = found.filter((mark) => !GUIDE.test(mark.getAttribute("aria-roledescription")));
    this.marks.forEach((mark, place) => mark.setAttribute("tabindex", place ? "-1" : "0"));
  }

  // Tab comes back to where one was.
  #entered(target) {
    if (this.marks.includes(target)) {
      for (const mark of this.marks) mark.setAttribute("tabindex", mark === target ? "0" : "-1");
    }
    tell(target);
  }

  #pressed(event) {
    const place = this.marks.indexOf(event.target);
    if (place < 0) return;
    if (event.key === "Enter" || event.key === " ") this.select(event.target.__data__.datum);
    else if (event.key in STEPS) this.marks[place + STEPS[event.key]]?.focus();
    else if (event.key === "Home") this.marks[0].focus();
    else if (event.key === "End") this.marks.at(-1).focus();
    else return;
    event.preventDefault();
  }

}

// What the pointer is told, at the place of the mark.
function tell(mark) {
  const value = mark.__data__?.tooltip;
  if (!value) return;
  const { left, top, width, height } = mark.getBoundingClientRect();
  showTooltip({ clientX: left + width / 2, clientY: top + height / 2 }, value);
}
