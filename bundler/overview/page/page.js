// The page: facts, sections, search, light and dark.

const sections = [
  ["size", "Size", null],
  ["start", "Start", null],
  ["modules", "Modules", moduleTable],
  ["libraries", "Libraries", libraryTable],
  ["files", "Data files", fileTable],
  ["licences", "Licences", licenceTable],
  ["findings", "Findings", findingTable],
];

function facts() {
  const { program, start } = report;
  const total = start.imports.filter((row) => row.depth === 0).reduce((sum, row) => sum + row.total, 0);
  const inside = report.libraries.filter((row) => row.stored && !row.module).length;
  return [
    ["Size", sizeText(program.size)],
    ["Modules", report.modules.length.toLocaleString("en")],
    ["Distributions", String(Object.values(report.owners).filter((each) => each.kind === "distribution").length)],
    ["Libraries", String(inside)],
    ["Data files", report.files.length.toLocaleString("en")],
    ...(total ? [["Imports of a start", timeText(total)]] : []),
    ["Python", `${program.python}, ${program.libpython}`],
    ["Needs", program.needs],
  ];
}

/** A test of texts for all words of a search; null: there is none. */
function matcher(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? (subject) => words.every((word) => subject.toLowerCase().includes(word)) : null;
}

function legend(map) {
  const shown = [...ownerSizes].filter(([, size]) => size > 0);
  return shown.map(([owner, size]) => element("li", {}, element("button",
    { type: "button", style: colourStyle(owner), onclick: () => map.showOwner(owner) },
    element("span", { class: "swatch" }), ownerLabel(owner),
    element("small", {}, `${sizeText(size)}, ${shareText(size, report.program.size)}`))));
}

function setUpTheme() {
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  byId("theme").addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; });
}

function setUpSearch(apply) {
  const search = byId("search");
  search.addEventListener("input", () => apply(matcher(search.value)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && search.value) {
      search.value = "";
      apply(null);
    }
  });
}

function drawPage() {
  const { program, start } = report;
  document.querySelector("h1").textContent = program.name;
  byId("facts").append(...facts().flatMap(([title, text]) => [
    element("div", {}, element("dt", {}, title), element("dd", {}, text))]));

  const map = new Treemap(byId("treemap"), sizeTree());
  byId("legend").append(...legend(map));

  document.querySelector("#start .note").textContent = start.what;
  const flame = start.imports.length ? new Flame(byId("flame"), start.imports) : null;
  if (flame) {
    byId("slowest").append(...slowest(flame.nodes));
  }

  const tables = new Map(sections.flatMap(([id, , make]) => (make ? [[id, make(byId(id))]] : [])));
  const counts = new Map();
  byId("sections").append(...sections.map(([id, title]) => {
    counts.set(id, element("span", {}, tables.has(id) ? String(tables.get(id).rows.length) : ""));
    return element("li", {}, element("a", { href: `#${id}` }, title, counts.get(id)));
  }));

  setUpTheme();
  setUpSearch((matches) => {
    map.mark(matches);
    flame?.mark(matches);
    for (const [id, table] of tables) {
      counts.get(id).textContent = String(table.mark(matches));
    }
  });
}

drawPage();
