// The page: who looks at it, what it shows, and when that is asked for anew.

import * as api from "./api.js";
import * as app from "./app.js";
import { addressOf, current, embedIn, isEmbedded, subscribe } from "./app.js";
import { showCalls } from "./calls.js";
import { buildDashboard, loadDashboard, loadNewest, showAge } from "./dashboard.js";
import { announce, byId, h, meta, notify } from "./dom.js";
import { askForToken, awaitTokens, isWaiting, takeToken } from "./embed.js";
import * as filterBar from "./filter-bar.js";
import { useDescription } from "./labels.js";
import { reload, startLoading, stopLoading } from "./loading.js";
import { failureNotice } from "./notices.js";
import { showCall, showLead } from "./record-pages.js";
import { credential, forgetKey, refuseKey, takeRefusal } from "./session.js";
import { askKey } from "./sign-in.js";
import { RANGE, hasRange, useFilters } from "./state.js";
import { switchTheme } from "./theme.js";

const AGE_SECONDS = 30;
const VIEWS = ["dashboard", "calls", "record"];
const TITLES = { dashboard: "Dashboard", calls: "Calls", call: "Call", lead: "Lead" };
let begun = false;
let viewed = null;
// What the token may see and locks; a key locks nothing.
let limits = {};
let arrangedFor = null;

async function begin() {
  try {
    const description = await api.panels();
    if (!begun) prepare(description);
    if (JSON.stringify(limits) !== arrangedFor) arrange(description);
  } catch (error) {
    byId("main").ariaBusy = "false";
    notify(failureNotice(error, begin));
    return;
  }
  startLoading(load, fail);
  showView(current());
  reload();
}

function prepare(description) {
  begun = true;
  useDescription(description);
  useFilters(description.filters, description.address);
  api.onFailure(failedAnywhere);
  subscribe((state) => {
    filterBar.update(state);
    showView(state);
    showOutdated(true);
    // What was chosen is shown with the next token.
    if (isWaiting()) askForToken();
    else reload();
  });
  setInterval(showAge, 1000 * AGE_SECONDS);
}

/** Make everything that depends on what may be seen: nothing of another token stays. */
function arrange(description) {
  arrangedFor = JSON.stringify(limits);
  const locked = limits.locked ?? {};
  app.begin((state) => withLocked(state, locked));
  buildDashboard(description);
  filterBar.build(locked);
}

async function load(signal) {
  await loadView(signal);
  if (!signal.aborted) showOutdated(false);
}

// Figures of before are not to be taken for those of the filters above them.
function showOutdated(are) {
  document.body.classList.toggle("outdated", are);
}

function loadView(signal) {
  const { view } = current();
  if (view === "calls") return showCalls(byId("view-calls"), signal);
  if (view === "call") return showCall(byId("view-record"), signal);
  if (view === "lead") return showLead(byId("view-record"), signal);
  // How old the newest call is matters for what an empty page says; without it the page works.
  const newest = isEmbedded() ? Promise.resolve() : loadNewest(signal).catch(() => {});
  return loadDashboard(signal, newest);
}

function showView({ view }) {
  document.title = `${TITLES[view]} – Callistics`;
  // Who does not see that another view came has to be brought there.
  if (viewed !== null && viewed !== view) byId("main").focus();
  viewed = view;
  const name = VIEWS.includes(view) ? view : "record";
  for (const one of VIEWS) byId(`view-${one}`).hidden = one !== name;
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.dataset.view === view;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (link.dataset.view) link.href = addressOf({ ...current(), view: link.dataset.view });
  }
}

// What a token may never do another one of its kind may not do either.
function isRefused(error) {
  return isEmbedded() ? error.status === 401 : error.refusesKey;
}

// Also where more calls, a download or suggestions were asked for; a credential ends once.
function failedAnywhere(error, used) {
  if (isRefused(error) && used === credential() && !isWaiting()) fail(error);
}

function fail(error) {
  if (!isRefused(error)) {
    showOutdated(true);
    return notify(failureNotice(error, reload));
  }
  stopLoading();
  if (isEmbedded()) return waitForToken();
  endSession(error.status);
}

// All that was shown and held goes with the document: whoever signs in next may see less.
function endSession(status) {
  showSigned(false);
  refuseKey(status);
  location.reload();
}

function signedIn() {
  byId("main").ariaBusy = "true";
  showSigned(true);
  notify();
  begin();
}

function showSigned(inside) {
  for (const id of ["page", "content", "sign-out", "views"]) byId(id).hidden = !inside;
}

function waitForToken() {
  const text = "This view has expired. It goes on as soon as the page around it has renewed it.";
  notify(h("div", { class: "message", role: "status" }, h("p", {}, text)));
  announce(text);
  askForToken();
}

function startEmbedded() {
  const claims = takeToken();
  const adopt = ({ scope, locked }) => {
    limits = { scope, locked };
    embedIn();
    for (const id of ["page", "content"]) byId(id).hidden = false;
    notify();
    begin();
  };
  awaitTokens(adopt);
  if (claims) adopt(claims);
  else waitForToken();
}

// A range of its own beside a locked one could only hide what may be seen.
function withLocked(state, { filters: locked = {}, timezone }) {
  const names = [...Object.keys(locked), ...(hasRange(locked) ? RANGE : [])];
  const filters = Object.fromEntries(Object.entries(state.filters).filter(([name]) => !names.includes(name)));
  const view = isEmbedded() ? "dashboard" : state.view;
  return { ...state, filters, locked, view, timezone: timezone ?? state.timezone };
}

// A browser that goes back may bring the page of a key that has signed out as it was left.
addEventListener("pageshow", (event) => event.persisted && location.reload());
byId("theme").addEventListener("click", switchTheme);
byId("sign-out").addEventListener("click", () => {
  forgetKey();
  location.replace(location.pathname);
});
if (meta("mode") === "embed") startEmbedded();
else if (credential()) signedIn();
else {
  byId("main").ariaBusy = "false";
  askKey(signedIn, takeRefusal());
}
