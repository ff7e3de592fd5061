// The marks of a picture by keyboard: Tab enters it, arrows go from mark to mark, Enter chooses.

const MARK = '[role="graphics-symbol"][aria-roledescription]';
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function roving(element, select) {
  const marks = [...element.querySelectorAll(MARK)].filter((mark) => mark.__data__?.datum && !isGuide(mark));
  marks.forEach((mark, place) => mark.setAttribute("tabindex", place === 0 ? "0" : "-1"));
  element.onkeydown = (event) => {
    const place = marks.indexOf(event.target);
    if (place < 0) return;
    if (event.key === "Enter" || event.key === " ") select(marks[place].__data__.datum);
    else if (event.key in STEPS) move(marks, place, place + STEPS[event.key]);
    else if (event.key === "Home") move(marks, place, 0);
    else if (event.key === "End") move(marks, place, marks.length - 1);
    else return;
    event.preventDefault();
  };
}

function isGuide(mark) {
  return /axis|legend|title/.test(mark.getAttribute("aria-roledescription"));
}

function move(marks, from, to) {
  const next = marks[to];
  if (!next) return;
  marks[from].setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}
