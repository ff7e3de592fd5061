// One panel: a heading, a picture or tiles, the table behind it, and what can be done with it.

import { addressOf, current, isEmbedded, navigate } from "./app.js";
import { fill, h, newId, redraw } from "./dom.js";
import { downloadMenu } from "./download.js";
import { bucketTexts, count } from "./format.js";
import { failureTexts } from "./notices.js";
import { Picture } from "./picture.js";
import { filtersOf, keysOf } from "./select.js";
import { withFilters } from "./state.js";
import { nextSort, table } from "./table.js";
import { drawTiles } from "./tiles.js";
import { tellChoosable } from "./tooltip.js";

export class Panel {
  /** `bodyOf(panel)` is the body of the panel's query, as asked last. */
  constructor(panel, bodyOf) {
    const heading = newId("panel");
    this.panel = panel;
    this.shown = null;
    this.sort = null;
    this.notice = h("p", { class: "notice", hidden: true });
    this.cut = h("p", { class: "help", hidden: true });
    this.picture = h("div", { class: "picture" });
    this.rows = h("div", { class: "rows", tabindex: "0", role: "group", "aria-label": `${panel.title}, table` });
    this.toggle = h("button", { type: "button", class: "quiet", "aria-pressed": "false" }, "Table");
    this.toggle.addEventListener("click", () => this.#showTable(this.toggle.ariaPressed !== "true"));
    const failed = (error) => this.#say(`The download failed: ${error.message}`);
    this.element = h("section", { class: `panel ${panel.kind}`, id: `panel-${panel.id}`, "aria-labelledby": heading },
      h("header", {},
        h("h3", { id: heading }, panel.title),
        h("div", { class: "tools" },
          panel.kind === "table" ? null : this.toggle,
          downloadMenu(panel.title, "analytics", () => bodyOf(panel), failed),
          isEmbedded() ? null : this.#callsLink()),
        h("p", { class: "help" }, panel.help),
        this.cut),
      this.notice, this.picture, this.rows);
    this.drawing = panel.kind === "picture" && panel.spec
      ? new Picture(this.picture, panel.spec, keysOf(panel), (datum) => this.#choose(datum)) : null;
    tellChoosable(this.picture, (row) => this.shown && filtersOf(panel, row, this.shown) !== null);
    this.#showTable(panel.kind === "table" || (panel.kind === "picture" && !panel.spec));
  }

  #callsLink() {
    this.link = h("a", { "data-page": true, class: "quiet", href: "" }, "Show the calls");
    return this.link;
  }

  #say(text) {
    this.notice.textContent = text ?? "";
    this.notice.hidden = !text;
  }

  #tellCut(number, total) {
    this.cut.hidden = number >= total;
    this.cut.textContent = `The first ${count(number)} of ${count(total)} rows. The download has all.`;
  }

  #showTable(visible) {
    this.toggle.ariaPressed = String(visible);
    this.element.classList.toggle("as-table", visible);
    this.rows.tabIndex = visible ? 0 : -1;
    for (const button of this.rows.querySelectorAll("button")) button.tabIndex = visible ? 0 : -1;
  }

  #choose(row) {
    const changes = this.shown && filtersOf(this.panel, row, this.shown);
    if (changes) navigate(withFilters(current(), changes));
  }

  loading() {
    this.element.setAttribute("aria-busy", "true");
    this.link?.setAttribute("href", addressOf({ ...current(), view: "calls" }));
  }

  /** Make ready what the picture needs beside the rows; what fails is told when it is drawn. */
  async prepare(theme) {
    await this.drawing?.prepare(theme).catch(() => {});
  }

  idle() {
    this.element.removeAttribute("aria-busy");
  }

  fail(error) {
    this.idle();
    this.element.classList.add("failed");
    this.#say(failureTexts(error).join("; "));
  }

  /** Show an answer: its rows, how they are cut, and what is the theme of pictures. */
  async show(rows, shown, theme) {
    this.shown = { ...shown, labels: rows.map((row) => row.date) };
    this.answer = rows;
    this.element.classList.remove("failed");
    this.element.classList.toggle("empty", !rows.length);
    this.#say(rows.length ? null : "Nothing matches in this range.");
    this.#tellCut(rows.length, shown.total);
    try {
      redraw(this.rows, () => fill(this.rows, rows.length ? this.#table(rows, shown) : null));
      this.#showTable(this.toggle.ariaPressed === "true");
      await this.#draw(theme);
    } catch (error) {
      // The figures came, only their picture did not.
      this.#say(error.message);
      this.#showTable(true);
    }
    this.idle();
  }

  async #draw(theme) {
    const { compared, labels, unfinished, unit } = this.shown;
    if (this.panel.kind === "tiles") return drawTiles(this.picture, this.panel.tiles, this.answer, compared);
    if (!this.answer.length) return this.drawing?.remove();
    const texts = bucketTexts(labels.filter(Boolean), unit);
    return this.drawing?.draw(this.answer, { unfinished_from: unfinished, date_texts: texts }, theme);
  }

  #table(rows, { unit }) {
    return table(this.panel, rows, unit, {
      canChoose: (row) => filtersOf(this.panel, row, this.shown) !== null,
      choose: (row) => this.#choose(row),
      sort: this.sort,
      sortBy: (name) => this.#sortBy(name),
    });
  }

  #sortBy(name) {
    this.sort = nextSort(this.sort, name);
    fill(this.rows, this.#table(this.answer, this.shown));
    this.#showTable(true);
    this.rows.querySelector(`th[data-column="${CSS.escape(name)}"] button`)?.focus();
  }

  async recolour(theme) {
    if (this.answer) await this.#draw(theme);
  }
}
