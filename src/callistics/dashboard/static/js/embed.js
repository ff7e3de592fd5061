// The page inside another one: its token comes in the fragment of the address, and later ones by
// message from an allowed parent.

import { meta } from "./dom.js";
import { holdToken } from "./session.js";

const EXPIRED = "callistics:expired";
const TOKEN = "callistics:token";
const AGAIN_SECONDS = 60;
let asking = null;

/** Take the token out of the address; the claims of it, for display alone, or null. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return token ? hold(token) : null;
}

function hold(token) {
  clearInterval(asking);
  asking = null;
  holdToken(token);
  return claims(token);
}

/** What a token says; the server alone decides whether it is true. */
function claims(token) {
  try {
    const bytes = Uint8Array.from(atob(base64(token.split(".")[1])), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

function base64(text) {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

/** Tell the parent that another token is wanted, again and again until one comes. */
export function askForToken() {
  clearInterval(asking);
  asking = setInterval(tellParent, 1000 * AGAIN_SECONDS);
  tellParent();
}

export function isWaiting() {
  return asking !== null;
}

// It says nothing that is secret.
function tellParent() {
  if (parent !== window) parent.postMessage({ type: EXPIRED }, "*");
}

/** `renewed(claims)` is called for each token that an allowed parent sends, or writes into the address. */
export function awaitTokens(renewed) {
  addEventListener("hashchange", () => {
    const claims = takeToken();
    if (claims) renewed(claims);
  });
  const allowed = meta("parents").split(" ").filter(Boolean);
  addEventListener("message", ({ data, origin, source }) => {
    const known = allowed.includes("*") || allowed.includes(origin);
    if (!known || source !== parent || data?.type !== TOKEN || typeof data.token !== "string") return;
    renewed(hold(data.token));
  });
}
