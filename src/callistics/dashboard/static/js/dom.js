// Elements of the page. Text only ever goes in as text: no string is read as markup anywhere.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...children.flat(Infinity).filter(shown));
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

function shown(child) {
  return child !== undefined && child !== null && child !== false;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(shown));
  return element;
}

const REACHABLE = "a[href], button, summary, input, select, [tabindex]";

/**
 * Draw what is within an element anew. Who was at a part of it is afterwards at the one of the same
 * name, else at the one in its place, or at `otherwise` where there is none.
 */
export function redraw(element, draw, otherwise = null) {
  const before = parts(element);
  const place = before.indexOf(document.activeElement);
  const name = place < 0 ? null : nameOf(before[place]);
  draw();
  if (place < 0) return;
  const after = parts(element);
  const same = nameOf(after[place]) === name ? after[place] : after.find((one) => nameOf(one) === name);
  (same ?? after[place] ?? after.at(-1) ?? otherwise)?.focus({ preventScroll: true });
}

/** Say what happened above the figures; who was at a button there is afterwards at the figures. */
export function notify(...children) {
  redraw(byId("notices"), () => fill(byId("notices"), ...children), byId("main"));
}

function parts(element) {
  return [...element.querySelectorAll(REACHABLE)];
}

function nameOf(part) {
  return part?.getAttribute("aria-label") ?? part?.getAttribute("href") ?? part?.textContent;
}

export function byId(id) {
  return document.getElementById(id);
}

export function meta(name) {
  return document.querySelector(`meta[name="callistics-${name}"]`)?.content ?? "";
}

let numbered = 0;

/** An id for an element that another one refers to. */
export function newId(prefix) {
  numbered += 1;
  return `${prefix}-${numbered}`;
}

/** Say something to who listens instead of looking. */
export function announce(text) {
  const region = byId("announcements");
  if (region.textContent !== text) region.textContent = text;
}

export function copyButton(text, label = "Copy") {
  const button = h("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy it";
    }
  });
  return button;
}
