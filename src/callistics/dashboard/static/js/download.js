// Downloads of what a panel shows: all its rows, in a form that other programs open.

import { content, request } from "./api.js";
import { announce, h } from "./dom.js";

const FORMATS = [
  ["CSV", "text/csv", "csv"],
  ["NDJSON", "application/x-ndjson", "ndjson"],
  ["Arrow", "application/vnd.apache.arrow.stream", "arrows"],
  ["Parquet", "application/vnd.apache.parquet", "parquet"],
];

// A browser may take a moment to begin.
const KEPT = 60_000;

/** A menu of formats; `body()` is the query at the time of the click. */
export function downloadMenu(title, path, body, failed) {
  const menu = h("details", { class: "menu" },
    h("summary", { "aria-label": `Download ${title}` }, "Download"),
    h("div", { class: "choices", onmousedown: keepFocus }, FORMATS.map(([text, media, suffix]) =>
      h("button", {
        type: "button",
        onclick: () => {
          menu.open = false;
          download(path, body(), media, `${title}.${suffix}`).catch(failed);
        },
      }, text))));
  closeElsewhere(menu);
  return menu;
}

// Where a click gives a button no focus, it would leave the menu and close it before the click arrives.
function keepFocus(event) {
  event.preventDefault();
}

function closeElsewhere(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
}

async function download(path, body, accept, usual) {
  announce("Preparing the download");
  const answer = await request("POST", path, { body, accept });
  const address = URL.createObjectURL(await content(answer, "blob"));
  const link = h("a", { href: address, download: nameOf(answer) ?? usual });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
  announce("Downloaded");
}

function nameOf(answer) {
  return /filename="?([^";]+)"?/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
}
