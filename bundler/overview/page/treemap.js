// The map of sizes: owners, packages, modules, files. A group is shown larger by a click; a click on anything else says
// what it is. Rectangles are laid out by "Squarified Treemaps" (Bruls, Huizing, van Wijk, 2000).

const labelHeight = 18;
const smallest = 3; // pixels, of what is drawn
const mostLevels = 4;

/** The tree of all that is in the binary. A node has `label`, `owner`, `size`, and either `children` or `kind` and `key`. */
function sizeTree() {
  const root = group(report.program.name, null, null);
  const owners = new Map();
  const add = (owner, path, leaf) => {
    if (!owners.has(owner)) {
      owners.set(owner, group(ownerLabel(owner), owner, root));
    }
    let above = owners.get(owner);
    for (const name of path) {
      above = above.groups.get(name) || group(name, owner, above);
    }
    above.children.push({ ...leaf, owner, parent: above });
  };
  for (const row of report.modules.filter((each) => moduleSize(each))) {
    const path = row.name.split(".");
    const isPackage = packages.has(row.name);
    const label = isPackage ? "__init__" : path[path.length - 1];
    add(row.owner, isPackage ? path : path.slice(0, -1), { label, size: moduleSize(row), kind: "module", key: row.name });
  }
  for (const row of report.libraries.filter((each) => each.stored && !modules.has(each.module))) {
    const path = report.owners[row.owner].kind === "system" ? [] : ["libraries"];
    add(row.owner, path, { label: row.name, size: row.stored, kind: "library", key: row.path });
  }
  for (const row of report.files.filter((each) => each.stored)) {
    const path = row.path.split("/");
    add(row.owner, ["data files", ...path.slice(0, -1)],
      { label: path[path.length - 1], size: row.stored, kind: "file", key: row.path });
  }
  for (const row of report.parts) {
    add(row.owner, [], { label: row.label, size: row.size, kind: "part", key: row.label });
  }
  finish(root);
  return root;
}

/** Names of modules that others are inside of. */
const packages = new Set(report.modules.flatMap((row) => {
  const path = row.name.split(".");
  return path.slice(1).map((_, index) => path.slice(0, index + 1).join("."));
}));

function group(label, owner, parent) {
  const made = { label, owner, parent, children: [], groups: new Map() };
  if (parent) {
    parent.children.push(made);
    parent.groups.set(label, made);
  }
  return made;
}

/** Add up sizes and put the largest first. A group of its owner's name, or the only one in another, takes no level. */
function finish(node) {
  if (!node.children) {
    return;
  }
  const isOwner = node.parent && !node.parent.parent;
  node.children = node.children.flatMap((each) => (isOwner && each.children && isSameName(each.label, node.label) ? each.children : [each]));
  node.children.forEach((each) => { each.parent = node; });
  node.children.forEach(finish);
  const [only] = node.children;
  if (node.children.length === 1 && only.children && node.parent && !isOwner) {
    node.label = `${node.label}/${only.label}`;
    node.children = only.children;
    node.children.forEach((each) => { each.parent = node; });
  }
  node.size = node.children.reduce((sum, each) => sum + each.size, 0);
  node.children.sort((one, other) => other.size - one.size);
}

/** Names of distributions and of packages differ in their dashes. */
function isSameName(one, other) {
  return one.toLowerCase().replaceAll(/[-_.]+/g, "-") === other.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** Rectangles for sizes, the largest first, that fill a rectangle and are as square as can be. */
function squarify(sizes, area) {
  const scale = area.width * area.height / sizes.reduce((sum, size) => sum + size, 0);
  const placed = [];
  let { left, top, width, height } = area;
  for (let first = 0; first < sizes.length;) {
    const side = Math.min(width, height);
    let last = first + 1;
    let sum = sizes[first] * scale;
    let worst = ratio(sizes[first] * scale, sum, side);
    while (last < sizes.length) {
      const next = sum + sizes[last] * scale;
      const nextWorst = Math.max(ratio(sizes[first] * scale, next, side), ratio(sizes[last] * scale, next, side));
      if (nextWorst > worst) {
        break;
      }
      [sum, worst, last] = [next, nextWorst, last + 1];
    }
    const thickness = side ? sum / side : 0;
    let offset = 0;
    for (; first < last; first++) {
      const length = thickness ? sizes[first] * scale / thickness : 0;
      placed.push(width >= height
        ? { left, top: top + offset, width: thickness, height: length }
        : { left: left + offset, top, width: length, height: thickness });
      offset += length;
    }
    if (width >= height) {
      [left, width] = [left + thickness, width - thickness];
    } else {
      [top, height] = [top + thickness, height - thickness];
    }
  }
  return placed;
}

/** How far a rectangle of a row is from a square; 1: it is one. */
function ratio(size, row, side) {
  const thickness = row / side;
  const length = size / thickness;
  return Math.max(thickness / length, length / thickness);
}

class Treemap {
  constructor(home, root) {
    this.home = home;
    this.root = root;
    this.shown = root;
    this.matches = null;
    new ResizeObserver(() => this.draw()).observe(home);
  }

  /** Show a group as the whole map. */
  show(node) {
    this.shown = node;
    byId("size-details").replaceChildren();
    this.draw();
  }

  showOwner(owner) {
    this.show(this.root.children.find((each) => each.owner === owner) || this.root);
  }

  /** Make all but what matches faint; null: nothing is searched for. */
  mark(matches) {
    this.matches = matches;
    if (matches && !hasMatch(this.shown, matches)) {
      this.shown = this.root;
    }
    this.draw();
  }

  draw() {
    const { width, height } = this.home.getBoundingClientRect();
    byId("tip").hidden = true;
    this.home.replaceChildren();
    this.drawPath();
    this.fill(this.shown, { left: 0, top: 0, width, height }, 0);
  }

  drawPath() {
    const path = [];
    for (let node = this.shown; node; node = node.parent) {
      path.unshift(node);
    }
    byId("path").replaceChildren(...path.map((node) => element("button",
      { type: "button", disabled: node === this.shown, onclick: () => this.show(node) },
      node.label, element("span", {}, ` ${sizeText(node.size)}`))));
  }

  fill(node, area, level) {
    const children = node.children.filter((each) => each.size > 0);
    const rectangles = squarify(children.map((each) => each.size), area);
    children.forEach((child, index) => {
      const place = rectangles[index];
      if (place.width < smallest || place.height < smallest) {
        return;
      }
      const isLabelled = place.width > 40 && place.height > 15;
      const isFilled = child.children && level < mostLevels && place.width > 26 && place.height > labelHeight + 16;
      this.home.append(this.tile(child, place, level, isLabelled, isFilled));
      if (isFilled) {
        this.fill(child, {
          left: place.left + 2, top: place.top + labelHeight, width: place.width - 4, height: place.height - labelHeight - 2,
        }, level + 1);
      }
    });
  }

  tile(node, place, level, isLabelled, isFilled) {
    const isFaint = this.matches && !hasMatch(node, this.matches);
    const made = element("button", {
      type: "button",
      class: `tile${node.children ? " group" : ""}${isFilled ? " filled" : ""}${isLabelled ? " labelled" : ""}${isFaint ? " faint" : ""}`,
      style: `${colourStyle(node.owner)};--level:${level};left:${place.left}px;top:${place.top}px;` +
        `width:${place.width}px;height:${place.height}px`,
      "aria-label": `${node.label}, ${sizeText(node.size)}`,
      "data-key": node.key || null,
      "data-kind": node.kind || "group",
      onclick: () => (node.children ? this.show(node) : this.select(node)),
    });
    if (isLabelled) {
      const hasSecondLine = place.height > 32 && place.width > 62 && !isFilled;
      made.append(element("span", { class: "name" }, node.label));
      if (hasSecondLine || place.width > 150) {
        made.append(element("span", { class: "amount" }, sizeText(node.size)));
      }
    }
    return withTip(made, () => [
      element("strong", {}, fullLabel(node)),
      `${sizeText(node.size)}, ${shareText(node.size, this.root.size)} of the binary`,
      node.children ? "a click shows what is in it" : "",
    ].filter(Boolean));
  }

  /** Say what a part is, below the map. */
  select(node) {
    for (const each of this.home.querySelectorAll(".chosen")) {
      each.classList.remove("chosen");
    }
    this.home.querySelector(`[data-key="${CSS.escape(node.key)}"]`)?.classList.add("chosen");
    byId("size-details").replaceChildren(
      element("h3", {}, fullLabel(node), element("span", {}, ` ${sizeText(node.size)} `), ownerTag(node.owner)),
      leafDetails(node));
  }
}

function fullLabel(node) {
  return node.kind === "module" || node.kind === "file" ? node.key : node.label;
}

function leafDetails(node) {
  switch (node.kind) {
    case "module":
      return moduleDetails(node.key);
    case "library":
      return libraryDetails(report.libraries.find((row) => row.path === node.key));
    case "file":
      return element("p", { class: "note" }, "A data file, which programs read at this path.");
    default:
      return element("p", { class: "note" }, partNotes[node.label] || "");
  }
}

const partNotes = {
  "interpreter and launcher": "libpython, as far as the program needs it, and what starts it. It is linked in like any library in C.",
  "strings": "Strings that look like identifiers stand in one pool for all modules, each once; here too are texts and patterns that " +
    "were compiled when the program was bundled.",
  "symbol names": "Names of functions in C, for debuggers and profilers. `strip` takes them away.",
  "snapshot": "The memory after the program's first imports, from which a start goes on.",
  "tables, and what makes libraries files again": "What the launcher looks modules, files and libraries up in, and the steps by which " +
    "programs read libraries as the files that they were.",
  "manifest": "What `bundle inspect` tells: it is not loaded.",
};

function hasMatch(node, matches) {
  return node.children ? node.children.some((each) => hasMatch(each, matches)) : matches(`${fullLabel(node)} ${ownerLabel(node.owner)}`);
}
