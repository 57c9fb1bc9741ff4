// The table of all figures: filtered, sorted, its columns chosen and put in order, two of them compared.

const form = document.getElementById("view");
const element = document.getElementById("figures");
const said = document.getElementById("said");
const variantColumns = [...element.tHead.rows[0].cells].filter((cell) => cell.dataset.variant);
const FIRST = variantColumns[0].cellIndex;
const LAST = FIRST + variantColumns.length;
/** The fields that a variant's column has to match. */
const OF_VARIANTS = ["model", "place", "entry"];
let state = readState();
let table;

/** Have the library enhance the table, whose cells say by what they are sorted. */
function enhanced() {
  const made = new DataTable(element, {
    paging: false,
    info: false,
    autoWidth: false,
    order: order(),
    layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
  });
  made.search.fixed("view", (_text, _data, index) => isWanted(made.row(index).node()));
  made.on("order.dt", () => remember({ sort: sorting(made) }));
  return made;
}

function order() {
  const [name, direction] = (state.sort ?? "").split(" ");
  const column = headers().find((cell) => cell.dataset.variant === name || cell.dataset.column === name);
  return column ? [[headers().indexOf(column), direction === "desc" ? "desc" : "asc"]] : [];
}

function sorting(made) {
  const [first] = made.order();
  if (!first || !first[1]) return "";
  const cell = headers()[first[0]];
  return `${cell.dataset.variant ?? cell.dataset.column} ${first[1]}`;
}

/** Return the header's cells, those of hidden columns too, in the order of the columns. */
function headers() {
  return table ? table.columns().header().toArray() : [...element.tHead.rows[0].cells];
}

function isWanted(row) {
  const words = (state.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const text = row.dataset.text.toLowerCase();
  return (!state.section || row.dataset.section === state.section) && words.every((word) => text.includes(word));
}

function isShown(cell) {
  const { variant, ...of } = cell.dataset;
  if (state.a && state.b) return variant === state.a || variant === state.b;
  const off = (state.off ?? "").split(" ");
  return !off.includes(variant) && OF_VARIANTS.every((name) => !state[name] || of[name] === state[name]);
}

/** Put the columns into the order of one row's figures, best first; into that of the file without a row. */
function arrange() {
  const row = state.by && document.getElementById(state.by);
  const places = variantColumns.map((cell) => cell.dataset.variant);
  if (row) {
    const value = (name) => Number([...row.cells].find((cell) => cell.dataset.of === name).dataset.rank);
    places.sort((one, other) => value(one) - value(other));
  }
  for (const line of element.querySelectorAll("thead tr, tbody tr")) {
    const cells = Object.fromEntries([...line.cells].map((cell) => [cell.dataset.variant ?? cell.dataset.of, cell]));
    for (const name of places) line.insertBefore(cells[name], line.lastElementChild);
  }
}

/** Fill the last column: the second of two variants as a multiple of the first. */
function compare() {
  for (const row of element.tBodies[0].rows) {
    const figure = (name) => Number([...row.cells].find((cell) => cell.dataset.of === name)?.dataset.value);
    const ratio = state.a && state.b ? figure(state.b) / figure(state.a) : NaN;
    const cell = row.lastElementChild;
    const isKnown = Number.isFinite(ratio) && ratio > 0;
    cell.textContent = isKnown ? `${ratio.toPrecision(3)}×` : "n/a";
    cell.dataset.order = isKnown ? ratio : 1e12;
  }
}

/** Show what the state says. */
function draw() {
  table?.destroy();
  table = undefined;
  arrange();
  compare();
  element.dataset.show = state.show || "value";
  table = enhanced();
  headers().forEach((cell, number) => {
    if (number >= FIRST && number < LAST) table.column(number).visible(isShown(cell));
  });
  table.column(LAST).visible(Boolean(state.a && state.b));
  table.draw();
  for (const button of element.querySelectorAll("button[data-by]")) {
    button.setAttribute("aria-pressed", String(button.dataset.by === state.by));
  }
  said.textContent = `${table.rows({ search: "applied" }).count()} figures, ${shownHeaders().length} variants`;
}

function shownHeaders() {
  return headers().filter((cell, number) => cell.dataset.variant && table.column(number).visible());
}

function remember(changes) {
  state = { ...state, ...changes };
  writeState(state);
}

/** Take the form's fields into the state. */
function readForm() {
  const fields = new FormData(form);
  const off = [...form.querySelectorAll("input[name=variant]")].filter((box) => !box.checked).map((box) => box.value);
  const named = ["q", "section", ...OF_VARIANTS, "show", "a", "b"].map((name) => [name, fields.get(name) ?? ""]);
  return { ...Object.fromEntries(named), show: fields.get("show") === "value" ? "" : fields.get("show"), off: off.join(" ") };
}

/** Set the form's fields as the state has them. */
function fillForm() {
  const off = (state.off ?? "").split(" ");
  for (const name of ["q", "section", ...OF_VARIANTS, "a", "b"]) form.elements[name].value = state[name] ?? "";
  for (const box of form.querySelectorAll("input[name=variant]")) box.checked = !off.includes(box.value);
  for (const choice of form.querySelectorAll("input[name=show]")) choice.checked = choice.value === (state.show || "value");
}

/** Return what is shown as a table of Markdown. */
function asMarkdown() {
  const columns = shownHeaders();
  const cell = (row, name) => {
    const found = [...row.querySelectorAll("td")].find((it) => it.dataset.of === name);
    const text = found.querySelector(`.${element.dataset.show}`)?.textContent.trim() || found.textContent.trim();
    const waits = found.querySelector(".waits")?.textContent;
    return waits ? `${text} (${waits})` : text;
  };
  const rows = table.rows({ search: "applied" }).nodes().toArray();
  const lines = rows.map((row) => [row.dataset.label, ...columns.map((it) => cell(row, it.dataset.variant))]);
  const head = [["figure", ...columns.map((it) => it.dataset.variant)], ["---", ...columns.map(() => "---:")]];
  return [...head, ...lines].map((it) => `| ${it.join(" | ")} |`).join("\n");
}

form.addEventListener("input", () => {
  remember(readForm());
  draw();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => {
  state = {};
  writeState(state);
  queueMicrotask(() => {
    fillForm();
    draw();
  });
});
element.addEventListener("click", (event) => {
  const by = event.target.closest("button[data-by]")?.dataset.by;
  if (!by) return;
  remember({ by: state.by === by ? "" : by });
  draw();
  document.querySelector(`button[data-by="${by}"]`).focus();
});
document.getElementById("markdown").addEventListener("click", async () => {
  const place = document.getElementById("copied");
  place.value = asMarkdown();
  place.hidden = false;
  place.select();
  try {
    await navigator.clipboard.writeText(place.value);
    said.textContent = "Copied as Markdown.";
  } catch {
    said.textContent = "Selected below: copy it from there.";
  }
});
addEventListener("hashchange", () => {
  state = readState();
  fillForm();
  draw();
});

fillForm();
draw();
