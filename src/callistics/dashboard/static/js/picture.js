// A picture of rows: drawn by the bundled chart library from the specification that came with it.

import { fill, h } from "./dom.js";
import { numberLocale, weekdayTexts } from "./format.js";
import { Marks } from "./marks.js";
import { hideTooltip, showTooltip } from "./tooltip.js";

// Of a specification that comes with the page nothing is to be said but that it fails.
const quiet = {
  level: () => quiet, warn: () => quiet, info: () => quiet, debug: () => quiet,
  error: (...text) => {
    throw new Error(text.join(" "));
  },
};
let library = null;

async function charts() {
  library ??= import("../vendor/charts.js");
  try {
    return await library;
  } catch {
    throw new Error("Pictures cannot be drawn: their script is missing on the server. The tables are complete.");
  }
}

function discard({ view, holder }) {
  view.finalize();
  holder.remove();
}

export class Picture {
  /** `select(datum)` is called for a mark that is clicked, or chosen with the keyboard; `keys` tell rows apart. */
  constructor(element, spec, keys, select) {
    Object.assign(this, { element, spec, select, view: null, next: null, config: null, turn: 0 });
    this.marks = new Marks(element, keys, select);
  }

  /** Make what needs no rows, the greater part of a drawing, while they are on their way. */
  prepare(config) {
    if (this.config !== config) {
      this.#forgetNext();
      Object.assign(this, { config, program: this.#compile(config) });
    }
    this.next ??= this.#begin(this.program);
    return this.next;
  }

  /**
   * Draw the rows; what is there stays until the new picture is. `signals` are the spec's.
   *
   * Each drawing has a view of its own: one that is given other rows keeps what it had of its
   * axes in their old places. Of drawings at the same time the last one that was begun stays.
   */
  async draw(rows, signals, config) {
    const made = this.prepare(config);
    this.next = null;
    this.turn += 1;
    const { turn } = this;
    const { view, holder } = await made;
    await this.#run(view, rows, signals);
    if (turn !== this.turn) return discard({ view, holder });
    this.view?.finalize();
    this.view = view;
    this.marks.replace(() => fill(this.element, holder));
  }

  async #compile(config) {
    const { compile, parse } = await charts();
    return parse(compile(this.spec, { config, logger: quiet }).spec, {}, { ast: true });
  }

  async #begin(program) {
    const { View, expressionInterpreter, locale } = await charts();
    const holder = h("div", { class: "drawing" });
    const parsed = await program;
    this.element.append(holder);
    const view = new View(parsed, {
      expr: expressionInterpreter,
      renderer: "svg",
      container: holder,
      hover: true,
      locale: locale(numberLocale(), undefined),
      tooltip: (_, event, __, value) => (value ? showTooltip(event, value) : hideTooltip()),
    });
    view.addEventListener("click", (_, item) => item?.datum && this.select(item.datum));
    return { view, holder };
  }

  async #run(view, rows, signals) {
    for (const [name, value] of Object.entries({ ...signals, weekday_texts: weekdayTexts() })) view.signal(name, value);
    // The library tags and extends what it is given.
    view.data("rows", rows.map((row) => ({ ...row })));
    await view.runAsync();
  }

  #forgetNext() {
    this.next?.then(discard, () => {});
    this.next = null;
  }

  remove() {
    this.turn += 1;
    this.#forgetNext();
    this.view?.finalize();
    this.view = null;
    fill(this.element);
  }
}
