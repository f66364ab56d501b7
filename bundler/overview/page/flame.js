// The chart of import times. A bar is as wide as its import took, with all imports below it that it made; the part of a bar
// without any below is the module's own code.

const barHeight = 20;
const narrowest = 0.6; // pixels

/** The imports as a tree: each has `name`, `total`, `own`, `start` (all microseconds), `depth`, `parent`. */
function importTree(rows) {
  const root = { name: "all imports", total: 0, own: 0, start: 0, depth: -1, parent: null, next: 0 };
  const above = [root];
  const nodes = rows.map((row) => {
    above.length = row.depth + 1;
    const parent = above[row.depth];
    const node = { ...row, parent, start: parent.next, next: parent.next };
    parent.next += row.total;
    if (parent === root) {
      root.total += row.total;
    }
    above.push(node);
    return node;
  });
  return { root, nodes };
}

class Flame {
  constructor(home, rows) {
    this.home = home;
    Object.assign(this, importTree(rows));
    this.shown = this.root;
    this.matches = null;
    new ResizeObserver(() => this.draw()).observe(home);
  }

  show(node) {
    this.shown = node;
    this.draw();
    byId("flame-details").replaceChildren(...(node === this.root ? [] : [
      element("h3", {}, node.name, element("span", {}, `${timeText(node.total)}, of which ${timeText(node.own)} its own`),
        modules.has(node.name) ? ownerTag(modules.get(node.name).owner) : null),
      moduleDetails(node.name),
    ]));
  }

  mark(matches) {
    this.matches = matches;
    this.draw();
  }

  draw() {
    const { width } = this.home.getBoundingClientRect();
    const scale = this.shown.total ? width / this.shown.total : 0;
    byId("tip").hidden = true;
    const above = [];
    for (let node = this.shown; node; node = node.parent) {
      above.push(node);
    }
    const bars = [this.root, ...this.nodes].filter((node) => above.includes(node) || isBelow(node, this.shown));
    const deepest = Math.max(...bars.map((node) => (node.total * scale >= narrowest ? node.depth : -1)));
    this.home.style.height = `${(deepest + 2) * barHeight}px`;
    this.home.replaceChildren(...bars.flatMap((node) => {
      const isAbove = above.includes(node);
      const left = isAbove ? 0 : (node.start - this.shown.start) * scale;
      const wide = isAbove ? width : node.total * scale;
      return wide >= narrowest ? [this.bar(node, left, wide)] : [];
    }));
  }

  bar(node, left, wide) {
    const owner = modules.get(node.name)?.owner || "stdlib";
    const isLabelled = wide > 36;
    const isFaint = this.matches && node !== this.root && !this.matches(node.name);
    const made = element("button", {
      type: "button",
      class: `bar${isLabelled ? " labelled" : ""}${isFaint ? " faint" : ""}${node === this.root ? " root" : ""}`,
      style: `${node === this.root ? "" : colourStyle(owner)};left:${left}px;top:${(node.depth + 1) * barHeight}px;` +
        `width:${wide}px;height:${barHeight}px`,
      "aria-label": `${node.name}, ${timeText(node.total)}`,
      "data-key": node.name,
      onclick: () => this.show(node === this.shown && node.parent ? node.parent : node),
    });
    if (isLabelled) {
      made.append(element("span", {}, node.name), wide > 130 ? element("small", {}, timeText(node.total)) : "");
    }
    return withTip(made, () => [
      element("strong", {}, node.name),
      `${timeText(node.total)}, ${shareText(node.total, this.root.total)} of all`,
      node === this.root ? "" : `${timeText(node.own)} its own code`,
    ].filter(Boolean));
  }
}

function isBelow(node, top) {
  for (let each = node; each; each = each.parent) {
    if (each === top) {
      return true;
    }
  }
  return false;
}

/** Bars of the modules, and of the owners, whose own code takes the most time. */
function slowest(nodes) {
  const times = new Map();
  for (const node of nodes) {
    const owner = modules.get(node.name)?.owner || "stdlib";
    times.set(owner, (times.get(owner) || 0) + node.own);
  }
  const owners = [...times].map(([owner, own]) => ({ label: ownerLabel(owner), owner, own }));
  const single = nodes.map((node) => ({ label: node.name, owner: modules.get(node.name)?.owner || "stdlib", own: node.own }));
  return [["By owner", owners], ["By module, its own code alone", single]].map(([title, rows]) => {
    const sorted = rows.sort((one, other) => other.own - one.own).slice(0, 8);
    return element("div", {}, element("h3", {}, title), ...sorted.map((row) => element("div", { class: "row" },
      element("span", { class: "label" }, row.label),
      element("span", { class: "track" }, element("span",
        { class: "length", style: `${colourStyle(row.owner)};width:${row.own / sorted[0].own * 100}%` })),
      element("span", { class: "number" }, timeText(row.own)))));
  });
}
