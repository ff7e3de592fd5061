// The key, or the token of an embedded page. A key lives as long as the tab; a token in memory.

const NAME = "callistics.key";
let token = null;

export function credential() {
  return token ?? sessionStorage.getItem(NAME);
}

export function keepKey(key) {
  sessionStorage.setItem(NAME, key);
}

export function forgetKey() {
  sessionStorage.removeItem(NAME);
}

export function holdToken(text) {
  token = text;
}
