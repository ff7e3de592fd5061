// What is kept for this tab. Where the browser keeps nothing for the page, it lives as long as the page.

const held = new Map();

// Even to name it is refused where storage is blocked, as in frames of other sites.
function storage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

export function kept(name) {
  return storage()?.getItem(name) ?? held.get(name) ?? null;
}

export function keep(name, text) {
  const place = storage();
  if (place) place.setItem(name, text);
  else held.set(name, text);
}

export function forget(name) {
  storage()?.removeItem(name);
  held.delete(name);
}
