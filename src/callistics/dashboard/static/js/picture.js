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

export class Picture {
  /** `select(datum)` is called for a mark that is clicked, or chosen with the keyboard. */
  constructor(element, spec, select) {
    Object.assign(this, { element, spec, select, view: null, config: null, made: null });
    this.marks = new Marks(element, select);
  }

  /** Make what needs no rows, the greater part of a first drawing, while they are on their way. */
  prepare(config) {
    if (this.config !== config) Object.assign(this, { config, made: this.#make(config) });
    return this.made;
  }

  /** Draw the rows; what is there stays until the new picture is. `signals` are the spec's. */
  async draw(rows, signals, config) {
    const { view, holder } = await this.prepare(config);
    await this.#run(view, rows, signals);
    if (this.view !== view) {
      this.view?.finalize();
      this.view = view;
      fill(this.element, holder);
    }
    this.marks.renew();
  }

  async #make(config) {
    const { View, compile, expressionInterpreter, locale, parse } = await charts();
    const { spec } = compile(this.spec, { config, logger: quiet });
    const holder = h("div", { class: "drawing" });
    this.element.append(holder);
    const view = new View(parse(spec, {}, { ast: true }), {
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

  remove() {
    this.made?.then(({ view }) => view.finalize(), () => {});
    Object.assign(this, { view: null, config: null, made: null });
    fill(this.element);
  }
}
