// Tables that can be sorted and searched, and whose rows open to say more.

const firstRows = 15;

class Table {
  /** `columns`: each has `title`, `value` (to sort by), and if that is not to be shown, `cell`; `details`: of a row. */
  constructor(home, nouns, rows, columns, { details = null, sort = 0, descending = false, text }) {
    Object.assign(this, { nouns, rows, columns, details, sort, descending, text });
    this.matches = null;
    this.isWhole = false;
    this.head = element("tr");
    this.body = element("tbody");
    this.more = element("button", { type: "button", class: "more", onclick: () => { this.isWhole = true; this.draw(); } });
    this.empty = element("p", { class: "note" });
    home.append(
      element("div", { class: "scroll" }, element("table", {}, element("thead", {}, this.head), this.body)),
      this.empty, this.more);
    this.draw();
  }

  /** Show only rows that match; the number of them. */
  mark(matches) {
    this.matches = matches;
    this.isWhole = false;
    this.draw();
    return this.found().length;
  }

  found() {
    return this.matches ? this.rows.filter((row) => this.matches(this.text(row))) : this.rows;
  }

  sortBy(index) {
    const isNumber = this.rows.length > 0 && typeof this.columns[index].value(this.rows[0]) === "number";
    this.descending = this.sort === index ? !this.descending : isNumber;
    this.sort = index;
    this.draw();
  }

  draw() {
    const { value } = this.columns[this.sort];
    const order = (one, other) => (typeof one === "number" ? one - other : one.localeCompare(other));
    const rows = this.found().slice().sort((one, other) => order(value(one), value(other)) * (this.descending ? -1 : 1));
    const shown = this.isWhole ? rows : rows.slice(0, firstRows);
    this.head.replaceChildren(...this.columns.map((column, index) => element("th",
      { class: column.class, "aria-sort": this.sort === index ? (this.descending ? "descending" : "ascending") : null },
      element("button", { type: "button", onclick: () => this.sortBy(index) }, column.title))));
    this.body.replaceChildren(...shown.map((row) => this.row(row)));
    this.more.hidden = shown.length === rows.length;
    this.more.textContent = `Show all ${rows.length.toLocaleString("en")} ${this.nouns[rows.length === 1 ? 0 : 1]}`;
    this.empty.hidden = rows.length > 0;
    this.empty.textContent = this.rows.length ? "Nothing matches the search." : "There are none.";
  }

  row(row) {
    const cells = this.columns.map((column) => element("td", { class: column.class },
      column.cell ? column.cell(row) : String(column.value(row))));
    if (!this.details) {
      return element("tr", {}, ...cells);
    }
    const made = element("tr", { class: "opens", tabindex: "0", "aria-expanded": "false", onclick: () => this.toggle(made, row) },
      ...cells);
    made.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.toggle(made, row);
      }
    });
    return made;
  }

  toggle(made, row) {
    const isOpen = made.getAttribute("aria-expanded") === "true";
    made.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) {
      made.nextElementSibling.remove();
    } else {
      made.after(element("tr", { class: "opened" }, element("td", { colspan: this.columns.length }, this.details(row))));
    }
  }
}

/** An amount with a bar that shows it beside the largest. */
function amountCell(value, largest, text) {
  const share = largest ? Math.max(value / largest * 100, 1) : 0;
  return element("span", { class: "measure" },
    element("span", { class: "track" }, element("span", { class: "length", style: `width:${share}%` })),
    element("span", { class: "amount" }, text));
}

function largestOf(rows, value) {
  return rows.reduce((found, row) => Math.max(found, value(row)), 0);
}

function moduleTable(home) {
  const largest = largestOf(report.modules, moduleSize);
  return new Table(home, ["module", "modules"], report.modules, [
    { title: "Module", value: (row) => row.name, cell: (row) => element("code", {}, row.name) },
    { title: "Of", value: (row) => ownerLabel(row.owner), cell: (row) => ownerTag(row.owner) },
    { title: "Kind", value: (row) => row.kind },
    {
      title: "Size", class: "number", value: moduleSize,
      cell: (row) => (moduleSize(row) ? amountCell(moduleSize(row), largest, sizeText(moduleSize(row))) : ""),
    },
    { title: "Imported by", value: (row) => row.via || "", cell: (row) => (row.via ? element("code", {}, row.via) : "") },
  ], {
    details: (row) => moduleDetails(row.name), sort: 3, descending: true,
    text: (row) => `${row.name} ${ownerLabel(row.owner)} ${row.kind}`,
  });
}

/** What there is to say of a library. */
function libraryDetails(row) {
  const lines = [
    ["Why", row.reason],
    ["Path", row.path],
    ["Size of its file", row.size ? sizeText(row.size) : ""],
    ["Loaded after", row.needs.join(", ")],
    ...row.versions.map((each) => [`Needs ${each.version}`, each.symbols.length ? `for ${each.symbols.join(", ")}` : ""]),
  ].filter(([title, text]) => text || title.startsWith("Needs"));
  return element("dl", { class: "facts" }, ...lines.flatMap(([title, text]) => [
    element("dt", {}, title), element("dd", {}, withCode(text))]));
}

function libraryTable(home) {
  const largest = largestOf(report.libraries, (row) => row.stored);
  return new Table(home, ["library", "libraries"], report.libraries, [
    { title: "Library", value: (row) => row.name, cell: (row) => element("code", {}, row.name) },
    { title: "Of", value: (row) => ownerLabel(row.owner), cell: (row) => ownerTag(row.owner) },
    { title: "How it is bound", value: (row) => row.bound },
    {
      title: "In the binary", class: "number", value: (row) => row.stored,
      cell: (row) => (row.stored ? amountCell(row.stored, largest, sizeText(row.stored)) : ""),
    },
    { title: "Newest that it needs", value: (row) => row.versions.map((each) => each.version).join(", ") },
  ], {
    details: libraryDetails, sort: 3, descending: true,
    text: (row) => [row.name, row.bound, ownerLabel(row.owner), ...row.needs, ...row.versions.map((each) => each.version)].join(" "),
  });
}

function fileTable(home) {
  const largest = largestOf(report.files, (row) => row.stored);
  return new Table(home, ["file", "files"], report.files, [
    { title: "Data file", value: (row) => row.path, cell: (row) => element("code", {}, row.path) },
    { title: "Of", value: (row) => ownerLabel(row.owner), cell: (row) => ownerTag(row.owner) },
    {
      title: "Size", class: "number", value: (row) => row.size,
      cell: (row) => amountCell(row.stored, largest, row.stored < row.size
        ? `${sizeText(row.size)}, stored as ${sizeText(row.stored)}` : sizeText(row.size)),
    },
  ], { sort: 2, descending: true, text: (row) => `${row.path} ${ownerLabel(row.owner)}` });
}

function licenceTable(home) {
  return new Table(home, ["component", "components"], report.components, [
    { title: "Component", value: (row) => row.name, cell: (row) => element("strong", {}, row.name) },
    { title: "Version", value: (row) => row.version },
    { title: "Kind", value: (row) => row.kind },
    { title: "Licence", value: (row) => row.licence || "unknown", cell: (row) => row.licence || element("em", {}, "unknown") },
    {
      title: "What it asks for", value: (row) => row.duty,
      cell: (row) => (row.duty ? element("span", { class: "badge warning" }, row.duty) : ""),
    },
  ], { text: (row) => [row.name, row.version, row.kind, row.licence, row.duty].join(" ") });
}

function findingTable(home) {
  const order = { error: 0, warning: 1, note: 2, detail: 3 };
  return new Table(home, ["finding", "findings"], report.findings, [
    {
      title: "Severity", value: (row) => order[row.severity],
      cell: (row) => element("span", { class: `badge ${row.severity}` }, row.severity),
    },
    {
      title: "Finding", value: (row) => row.message,
      cell: (row) => element("div", {}, withCode(row.message), element("span", { class: "place" }, row.where ? ` ${row.where}` : "")),
    },
    { title: "Code", value: (row) => row.code, cell: (row) => element("code", {}, row.code) },
  ], {
    details: (row) => element("div", {}, ...row.notes.map((note) => element("p", {}, withCode(note))),
      row.hint ? element("p", {}, element("strong", {}, "How to go on: "), withCode(row.hint)) : ""),
    text: (row) => [row.severity, row.code, row.message, row.where].join(" "),
  });
}
