// The table of all figures: filtered, sorted, its groups folded, its columns chosen and put in order, two of them compared.
// Only what is unfolded is drawn, and of that a screenful first, so that it opens at once however many figures there are.

const data = JSON.parse(document.getElementById("data").textContent);
data.rows = data.rows.map((it) => unpacked(it, data));
const form = document.getElementById("view");
const element = document.getElementById("figures");
const said = document.getElementById("said");
const FIELDS = ["q", "section", ...OF_VARIANTS, "a", "b"];
const NEXT = { "": "ascending", ascending: "descending", descending: "" };
// So many rows are drawn in one turn, about a screenful, and the next ones so much later.
const ROWS = 30;
const PAUSE_MS = 50;
let state = readState();
/** Whether the rows of all sections have been read. */
let hasAll = false;
/** The rows that are still to be drawn, and the timer of the next turn. */
let undrawn = [];
let timer = 0;

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (it) => `&#${it.charCodeAt(0)};`);
const attribute = (name, value) => (value === undefined || value === "" ? "" : ` ${name}="${escaped(value)}"`);
const isComparing = () => Boolean(state.a && state.b);

function head(columns) {
  const [by, direction] = sortingOf(state);
  const cells = columns.map(({ id }) => {
    const sort = id === by ? attribute("aria-sort", direction) : "";
    const title = "sort the figures by this variant's ratio to the baseline";
    return `<th scope="col" data-variant="${escaped(id)}"${sort}><button type="button" title="${title}">${escaped(id).replace("/", "/<wbr>")}</button></th>`;
  });
  const compared = isComparing() ? '<th scope="col" class="left">second against first</th>' : "";
  return `<tr><th scope="col">figure</th>${cells.join("")}${compared}</tr>`;
}

function group({ id, title, count, isOpen }, columns) {
  const figures = `${count} figure${count === 1 ? "" : "s"}`;
  const name = `<button type="button" data-group="${escaped(id)}" aria-expanded="${isOpen}">${escaped(title)}</button>`;
  const span = columns.length + 1 + isComparing();
  const heading = `<tr class="group"><th scope="rowgroup" colspan="${span}"><span>${name} <span class="soft">${figures}</span></span></th></tr>`;
  return `<tbody data-section="${escaped(id)}">${heading}</tbody>`;
}

function line(row, columns) {
  const label = escaped(row.label);
  const pressed = state.by === row.id;
  const order = `<button type="button" data-by="${escaped(row.id)}" aria-pressed="${pressed}" aria-label="Put the variants into the order of ${label}" title="put the variants into this order">⇆</button>`;
  const cells = columns.map((it) => cell(row, it.id)).join("");
  const both = isComparing() ? `<td class="left">${escaped(compared(row, state.a, state.b))}</td>` : "";
  return `<tr id="${escaped(row.id)}" data-section="${escaped(row.section)}" data-label="${label}"><th scope="row"${attribute("title", row.about)}>${order} ${label}</th>${cells}${both}</tr>`;
}

function cell(row, variant) {
  const it = row.cells[variant];
  const of = attribute("data-of", variant);
  if (!isKnown(it)) {
    return `<td class="none"${of}>${escaped(missing(it))}</td>`;
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
  if (!it) return `not measured in run ${row.run}`;
  if (!isKnown(it)) return it.why ?? "";
  const rests = [`${it.n ?? 0} samples, ${it.boots ?? 0} boots or blocks`, it.notes].filter(Boolean);
  return `${rests.join("; ")}; run ${row.run}`;
}

/** Show what the state says, a screenful at once and the rest by turns. */
function draw() {
  const columns = columnsOf(data, state);
  const groups = groupsOf(data, state);
  element.tHead.innerHTML = head(columns);
  for (const body of [...element.tBodies]) body.remove();
  element.insertAdjacentHTML("beforeend", groups.map((it) => group(it, columns)).join(""));
  undrawn = groups.filter((it) => it.isOpen).flatMap((it) => it.rows);
  drawRows();
  const count = groups.reduce((sum, it) => sum + it.count, 0);
  const loading = isLoading() ? " The figures of other sections are still being loaded." : "";
  said.textContent = `${count} figures in ${groups.length} groups, ${columns.length} variants.${loading}`;
}

/** Draw so many of the rows that are left, and the next ones after a pause: there the browser paints, and answers a key. */
function drawRows(number = ROWS) {
  clearTimeout(timer);
  const columns = columnsOf(data, state);
  const bodies = Object.fromEntries([...element.tBodies].map((it) => [it.dataset.section, it]));
  for (const row of undrawn.splice(0, number)) bodies[row.section].insertAdjacentHTML("beforeend", line(row, columns));
  if (undrawn.length) timer = setTimeout(drawRows, PAUSE_MS);
  element.ariaBusy = String(undrawn.length > 0 || isLoading());
}

const isLoading = () => !hasAll && needsAll(state);

/** Add the rows of all other sections. Their script calls it, which is read after the first rows are drawn. */
function addRows(rows) {
  data.rows.push(...rows.map((it) => unpacked(it, data)));
  const isWaiting = isLoading();
  hasAll = true;
  if (isWaiting) draw();
}

/** Change the state, show it, and give the focus back to what was operated, which is drawn anew. */
function change(changes, focused = "") {
  state = { ...state, ...changes };
  writeState(state);
  draw();
  if (!focused) return;
  // It has to stand where it stood.
  drawRows(Infinity);
  element.querySelector(focused)?.focus();
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
    if (!isKnown(it)) return missing(it);
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
// A control that is seen in part counts as seen: the browser alone would leave it so.
element.addEventListener("focusin", ({ target }) => target.scrollIntoView({ block: "nearest", inline: "nearest" }));
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
addEventListener("beforeprint", () => drawRows(Infinity));
addEventListener("hashchange", () => {
  state = readState();
  fillForm();
  draw();
});

fillForm();
draw();
