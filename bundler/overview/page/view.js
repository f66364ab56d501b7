// What all parts of the page share: elements, amounts, colours of owners, ways to modules.

const report = JSON.parse(document.getElementById("document").textContent);

/** An element with attributes and contents; contents are elements or texts, never HTML. */
function element(tag, attributes = {}, ...contents) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      made.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...contents.filter((each) => each !== null));
  return made;
}

/** A text in which words between backquotes are code. */
function withCode(text) {
  return element("span", {}, ...text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part)));
}

function byId(id) {
  return document.getElementById(id);
}

/** A number of bytes, as bundle prints it: "8.3 MB". */
function sizeText(size) {
  let amount = size;
  for (const unit of ["B", "kB", "MB"]) {
    if (Math.round(amount * 10) < 10000) {
      return unit === "B" ? `${amount} B` : `${amount.toFixed(1)} ${unit}`;
    }
    amount /= 1000;
  }
  return `${amount.toFixed(1)} GB`;
}

/** A number of microseconds: "12.3 ms". */
function timeText(microseconds) {
  return microseconds < 1000 ? `${microseconds} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}

function shareText(part, whole) {
  return whole ? `${(part / whole * 100).toFixed(1)} %` : "";
}

// --- Owners ---------------------------------------------------------------------------------------------------------

/** Sizes by owner, the largest first. */
const ownerSizes = (() => {
  const sizes = new Map(Object.keys(report.owners).map((key) => [key, 0]));
  const rows = [...report.modules, ...report.parts].map((row) => [row.owner, row.size]);
  const stored = [...report.libraries, ...report.files].map((row) => [row.owner, row.stored]);
  for (const [owner, size] of [...rows, ...stored]) {
    sizes.set(owner, sizes.get(owner) + size);
  }
  return new Map([...sizes].sort((one, other) => other[1] - one[1]));
})();

const ownColours = { app: [28, 85], stdlib: [212, 55], shared: [220, 8], system: [185, 22], launcher: [220, 8] };
const hues = [262, 150, 340, 190, 95, 305, 12, 172, 238, 60];

/** Hue and saturation of each owner: distributions in the order of their sizes take the next hue. */
const colours = (() => {
  let next = 0;
  return new Map([...ownerSizes.keys()].map((key) => {
    const own = ownColours[report.owners[key].kind];
    return [key, own || [hues[next % hues.length], next++ < hues.length ? 48 : 20]];
  }));
})();

function colourStyle(owner) {
  const [hue, saturation] = colours.get(owner) || ownColours.shared;
  return `--hue:${hue};--saturation:${saturation}%`;
}

function ownerLabel(owner) {
  return report.owners[owner].label;
}

function ownerTag(owner) {
  return element("span", { class: "owner", style: colourStyle(owner) }, ownerLabel(owner));
}

// --- Modules --------------------------------------------------------------------------------------------------------

const modules = new Map(report.modules.map((row) => [row.name, row]));
const extensions = new Map(report.libraries.filter((row) => row.module).map((row) => [row.module, row]));

/** Bytes that a module takes: its frozen data, or the shared object that it is. */
function moduleSize(row) {
  return extensions.has(row.name) ? extensions.get(row.name).stored : row.size;
}

/** The imports that lead to a module, from the program on. */
function wayTo(name) {
  const steps = [];
  const seen = new Set();
  for (let row = modules.get(name); row && row.how && !seen.has(row.name); row = modules.get(row.via)) {
    seen.add(row.name);
    steps.unshift(row);
  }
  return steps;
}

/** The way to a module as a list. */
function wayList(name) {
  const steps = wayTo(name);
  if (!steps.length) {
    return element("p", { class: "note" },
      name === "__main__" ? "The program starts here." : "It is part of the interpreter, or of bundler.");
  }
  return element("ol", { class: "way" }, ...steps.map((step) => element("li", {},
    element("code", {}, step.via || "the interpreter"), ` ${step.how} `, element("code", {}, step.name),
    step.place ? element("span", { class: "place" }, ` ${step.place}`) : null)));
}

/** What there is to say of a module. */
function moduleDetails(name) {
  const row = modules.get(name);
  if (!row) {
    return element("p", { class: "note" }, "It is part of the interpreter.");
  }
  return wayList(name);
}

// --- The tip --------------------------------------------------------------------------------------------------------

/** Show lines beside the pointer while it is over an element. */
function withTip(made, lines) {
  made.addEventListener("pointermove", (event) => {
    const tip = byId("tip");
    tip.replaceChildren(...lines().map((line) => element("div", {}, line)));
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX + 14, innerWidth - width - 8)}px`;
    tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18}px`;
  });
  made.addEventListener("pointerleave", () => { byId("tip").hidden = true; });
  return made;
}
