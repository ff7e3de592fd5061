// Signing in with a key, which stays in this tab and is in no address.

import { byId, fill, h } from "./dom.js";
import { keepKey } from "./session.js";

const REASONS = {
  401: "The key is not known, has expired or was revoked. Sign in with another one.",
  403: "This key has no permission for this page: it needs the permission “query”.",
};

/** Ask for a key; `done()` is called once there is one. `status` says why another is asked for. */
export function askKey(done, status) {
  const input = h("input", {
    id: "key", type: "password", required: true, pattern: " *[!-~]+ *", title: "A key has letters, digits, _ and - alone", autocomplete: "off", spellcheck: "false", "aria-describedby": "key-help",
  });
  const submit = (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    keepKey(input.value.trim());
    place.hidden = true;
    done();
  };
  const place = fill(byId("sign-in"),
    h("form", { class: "card", onsubmit: submit },
      h("h1", {}, "Sign in"),
      REASONS[status] ? h("p", { class: "notice", role: "alert" }, REASONS[status]) : null,
      h("label", { for: "key" }, "Access key"), input,
      h("p", { id: "key-help", class: "help" },
        "It is kept in this tab alone and forgotten when the tab is closed. The first key of a server lies beside its database, in a file that ends in .admin-key."),
      h("button", { type: "submit", class: "primary" }, "Sign in")));
  place.hidden = false;
  input.focus();
}
