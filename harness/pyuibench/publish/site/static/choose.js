// What remains under the reader's own limits, and why and by how much the others fell out. Nothing is added up.

const { criteria, presets } = JSON.parse(document.getElementById("criteria").textContent);
const wishes = document.getElementById("wishes");
const body = document.querySelector("#remaining tbody");
const variants = [...body.querySelectorAll("[data-variant]")];
const STEPS = 100;

/** Return a criterion's field: a number in its unit, or a switch. */
const field = (criterion) => wishes.elements[criterion.id];
const slider = (criterion) => wishes.querySelector(`[data-for="${criterion.id}"]`);

/** Return what is entered for a criterion as a text, empty for nothing. */
function entered(criterion) {
  if (criterion.is_switch) return field(criterion).checked ? "0" : "";
  return field(criterion).value;
}

function enter(criterion, text) {
  if (criterion.is_switch) field(criterion).checked = text !== "";
  else field(criterion).value = text;
  place(criterion);
}

/** Return [criterion, limit] for what was entered. A limit is in the criterion's unit. */
function limits() {
  const texts = criteria.map((it) => [it, entered(it)]);
  return texts.filter(([, text]) => text !== "" && Number.isFinite(Number(text))).map(([it, text]) => [it, Number(text)]);
}

const answerOf = (criterion, variant) => criterion.answers.find((it) => it.variant === variant);

/** Return why a variant doesn't meet a limit, and how many times the limit it has; null if it meets it. */
function objection(criterion, limit, variant) {
  const answer = answerOf(criterion, variant);
  if (!answer || answer.value === null) {
    return { text: `${criterion.title}: not known (${answer?.text ?? "not measured"})`, times: Infinity };
  }
  const value = answer.value / criterion.size;
  if (criterion.at_least ? value >= limit : value <= limit) return null;
  const times = criterion.at_least ? limit / value : value / limit;
  const far = criterion.is_switch || !Number.isFinite(times) ? "" : `, ${missed(criterion, times)} the limit`;
  return { text: `${criterion.title}: ${answer.text}${far}`, times };
}

/** Return in words by how much a limit is missed. */
function missed(criterion, times) {
  if (times < 1.05) return criterion.at_least ? "just under" : "just over";
  if (criterion.at_least) return `${Math.round(100 / times)} % of`;
  return `${times < 10 ? times.toFixed(1) : Math.round(times)} times`;
}

/** Say what remains, those that do first, and of the others those that miss least. */
function draw() {
  const asked = limits();
  const judged = variants.map((row) => {
    const against = asked.map(([it, limit]) => objection(it, limit, row.dataset.variant)).filter(Boolean);
    return { row, against, worst: Math.max(0, ...against.map((it) => it.times)) };
  });
  for (const { row, against } of judged) {
    row.classList.toggle("out", against.length > 0);
    row.querySelector(".verdict").textContent = against.length ? "out" : "remains";
    const figures = asked.map(([it]) => `${it.title}: ${answerOf(it, row.dataset.variant)?.text}`);
    row.querySelector(".why").textContent = (against.length ? against.map((it) => it.text) : figures).join("; ");
  }
  judged.sort((a, b) => a.against.length - b.against.length || a.worst - b.worst);
  body.append(...judged.map(({ row }) => row));
  const remaining = judged.filter(({ against }) => !against.length).length;
  document.getElementById("said").textContent = `${remaining} of ${variants.length} remain.`;
}

/** Return the lowest and the highest value that any variant has, in the criterion's unit. */
function ends(criterion) {
  const values = criteria.length ? criterion.answers.map((it) => it.value).filter((value) => value > 0) : [];
  return [Math.min(...values) / criterion.size, Math.max(...values) / criterion.size];
}

// A slider goes from the lowest value to the highest in equal ratios. At the end that all meet it sets no limit.
function slide(criterion) {
  const [low, high] = ends(criterion);
  const step = Number(slider(criterion).value);
  const isFree = step === (criterion.at_least ? 0 : STEPS);
  const limit = low * (high / low) ** (step / STEPS);
  field(criterion).value = isFree ? "" : Number(limit.toPrecision(2));
}

function place(criterion) {
  if (criterion.is_switch) return;
  const [low, high] = ends(criterion);
  const limit = Number(field(criterion).value);
  const free = criterion.at_least ? 0 : STEPS;
  const step = (STEPS * Math.log(limit / low)) / Math.log(high / low);
  slider(criterion).value = field(criterion).value !== "" && Number.isFinite(step) ? Math.min(Math.max(step, 0), STEPS) : free;
}

function keep() {
  writeState(Object.fromEntries(criteria.map((it) => [it.id, entered(it)])));
  draw();
}

wishes.addEventListener("input", (event) => {
  const moved = criteria.find((it) => it.id === event.target.dataset.for);
  if (moved) slide(moved);
  else place(criteria.find((it) => it.id === event.target.name));
  keep();
});
wishes.addEventListener("submit", (event) => event.preventDefault());
// The browser would put sliders into their middle.
wishes.addEventListener("reset", (event) => {
  event.preventDefault();
  for (const it of criteria) enter(it, "");
  keep();
});
for (const button of document.querySelectorAll("[data-preset]")) {
  button.addEventListener("click", () => {
    const { limits } = presets.find((it) => it.title === button.dataset.preset);
    for (const it of criteria) enter(it, it.id in limits ? String(limits[it.id]) : "");
    keep();
  });
}

const state = readState();
for (const it of criteria) enter(it, state[it.id] ?? "");
draw();
