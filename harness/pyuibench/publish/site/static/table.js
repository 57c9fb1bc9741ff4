// The table of all figures: filtered, sorted, its groups folded, its columns chosen and put in order, two of them compared.
// Only what is unfolded is in the page, so that it opens at once however many figures there are.

const data = JSON.parse(document.getElementById("data").textContent);
const form = document.getElementById("view");
const element = document.getElementById("figures");
const said = document.getElementById("said");
const FIELDS = ["q", "section", ...OF_VARIANTS, "a", "b"];
const NEXT = { "": "ascending", ascending: "descending", descending: "" };
let state = readState();

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (it) => `&#${it.charCodeAt(0)};`);
const attribute = (name, value) => (value === undefined || value === "" ? "" : ` ${name}="${escaped(value)}"`);
const isComparing = () => Boolean(state.a && state.b);

function head(columns) {
  const [by, direction] = sortingOf(state);
  const cells = columns.map(({ id }) => {
    const sort = id === by ? attribute("aria-sort", direction) : "";
    const title = "sort the figures by this variant's ratio to the baseline";
    return `<th scope="col" data-variant="${escaped(id)}"${sort}><button type="button" title="${title}">${escaped(id)}</button></th>`;
  });
  const compared = isComparing() ? '<th scope="col" class="left">second against first</th>' : "";
  return `<tr><th scope="col">figure</th>${cells.join("")}${compared}</tr>`;
}

function group({ id, title, rows, isOpen }, columns) {
  const count = `${rows.length} figure${rows.length === 1 ? "" : "s"}`;
  const name = `<button type="button" data-group="${escaped(id)}" aria-expanded="${isOpen}">${escaped(title)}</button>`;
  const span = columns.length + 1 + isComparing();
  const heading = `<tr class="group"><th scope="rowgroup" colspan="${span}"><span>${name} ${count}</span></th></tr>`;
  return `<tbody data-section="${escaped(id)}">${heading}${isOpen ? rows.map((it) => line(it, columns)).join("") : ""}</tbody>`;
}

function line(row, columns) {
  const label = escaped(row.label);
  const pressed = state.by === row.id;
  const order = `<button type="button" data-by="${escaped(row.id)}" aria-pressed="${pressed}" aria-label="Put the variants into the order of ${label}" title="put the variants into this order">⇆</button>`;
  const cells = columns.map((it) => cell(row, it.id)).join("");
  const both = isComparing() ? `<td class="left">${escaped(compared(row, state.a, state.b))}</td>` : "";
  return `<tr id="${escaped(row.id)}" data-section="${escaped(row.section)}" data-label="${label}"><th scope="row"${attribute("title", row.about)}>${label} ${order}</th>${cells}${both}</tr>`;
}

function cell(row, variant) {
  const it = row.cells[variant];
  const of = attribute("data-of", variant);
  if (!isKnown(it)) {
    return `<td class="none"${of}>${escaped(it?.text ?? "–")}</td>`;
  }
  const style = it.step === undefined ? "" : ` class="r${it.step}"`;
  const text = `<span class="shown">${escaped(it[state.show || "text"] ?? "–")}</span>`;
  const waits = it.waits ? `<span class="waits">${escaped(it.waits)}</span>` : "";
  const best = it.leads ? '<b class="leads">≈ best</b>' : "";
  return `<td${of}${style}>${text}${waits}${best}</td>`;
}

/** Return what a cell rests on, or why it has no figure. */
function about(row, variant) {
  const it = row.cells[variant];
  if (isKnown(it)) return `${it.said}; run ${row.run}`;
  return it ? it.why : `not measured in run ${row.run}`;
}

/** Show what the state says. */
function draw() {
  const columns = columnsOf(data, state);
  const groups = groupsOf(data, state);
  element.tHead.innerHTML = head(columns);
  for (const body of [...element.tBodies]) body.remove();
  element.insertAdjacentHTML("beforeend", groups.map((it) => group(it, columns)).join(""));
  const count = groups.reduce((sum, it) => sum + it.rows.length, 0);
  said.textContent = `${count} figures in ${groups.length} groups, ${columns.length} variants.`;
}

/** Change the state, show it, and give the focus back to what was operated, which is drawn anew. */
function change(changes, focused = "") {
  state = { ...state, ...changes };
  writeState(state);
  draw();
  if (focused) element.querySelector(focused)?.focus();
}

/** Return the state that the form's fields say. What is found by words or section is unfolded. */
function readForm() {
  const fields = new FormData(form);
  const off = [...form.querySelectorAll("input[name=variant]")].filter((box) => !box.checked).map((box) => box.value);
  const named = Object.fromEntries(FIELDS.map((name) => [name, fields.get(name) ?? ""]));
  const isSame = named.q === (state.q ?? "") && named.section === (state.section ?? "");
  const show = fields.get("show") === "text" ? "" : fields.get("show");
  return { ...named, show, off: off.join(" "), turned: isSame ? state.turned : "" };
}

/** Set the form's fields as the state has them. */
function fillForm() {
  const off = words(state.off);
  for (const name of FIELDS) form.elements[name].value = state[name] ?? "";
  for (const box of form.querySelectorAll("input[name=variant]")) box.checked = !off.includes(box.value);
  for (const choice of form.querySelectorAll("input[name=show]")) choice.checked = choice.value === (state.show || "text");
}

/** Return what is unfolded as a table of Markdown. */
function asMarkdown() {
  const columns = columnsOf(data, state);
  const shown = (row, { id }) => {
    const it = row.cells[id];
    if (!isKnown(it)) return it?.text ?? "–";
    const text = it[state.show || "text"] ?? "–";
    return it.waits ? `${text} (${it.waits})` : text;
  };
  const both = isComparing();
  const rows = groupsOf(data, state).filter((it) => it.isOpen).flatMap((it) => it.rows);
  const lines = rows.map((row) => [
    row.label,
    ...columns.map((it) => shown(row, it)),
    ...(both ? [compared(row, state.a, state.b)] : []),
  ]);
  const names = ["figure", ...columns.map((it) => it.id), ...(both ? ["second against first"] : [])];
  const marks = names.map((_, number) => (number ? "---:" : "---"));
  return [names, marks, ...lines].map((it) => `| ${it.join(" | ")} |`).join("\n");
}

form.addEventListener("input", () => change(readForm()));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
  event.preventDefault();
  state = {};
  fillForm();
  change({});
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { by, group: section } = button.dataset;
  if (by) return change({ by: state.by === by ? "" : by }, `[data-by="${CSS.escape(by)}"]`);
  if (section) {
    const turned = words(state.turned);
    const others = turned.filter((it) => it !== section);
    const now = turned.includes(section) ? others : [...turned, section];
    return change({ turned: now.join(" ") }, `[data-group="${CSS.escape(section)}"]`);
  }
  const { variant } = button.closest("th").dataset;
  const [name, direction] = sortingOf(state);
  const next = NEXT[name === variant ? direction : ""];
  return change({ sort: next && `${variant} ${next}` }, `th[data-variant="${CSS.escape(variant)}"] button`);
});
// Thousands of tooltips would take longer to draw than the figures: a cell gets its own when it is pointed at.
element.addEventListener("pointerover", ({ target }) => {
  const pointed = target.closest("td[data-of]");
  const row = pointed && data.rows.find((it) => it.id === pointed.parentElement.id);
  if (row) pointed.title = about(row, pointed.dataset.of);
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
