// What remains under the reader's own limits, and why the others fell out. Nothing is added up.

const criteria = JSON.parse(document.getElementById("criteria").textContent);
const wishes = document.getElementById("wishes");
const variants = [...document.querySelectorAll("#remaining [data-variant]")];

/** Return the limits that were entered, by criterion. */
function limits() {
  const entered = criteria.map((it) => [it, wishes.elements[it.id].value]);
  return entered.filter(([, text]) => text !== "" && Number.isFinite(Number(text))).map(([it, text]) => [it, Number(text)]);
}

/** Return why a variant doesn't meet a limit; an empty text if it does. */
function objection(criterion, limit, variant) {
  const answer = criterion.answers.find((it) => it.variant === variant);
  if (!answer || answer.value === null) return `${criterion.title}: not known (${answer?.text ?? "not measured"})`;
  const met = criterion.at_least ? answer.value >= limit : answer.value <= limit;
  return met ? "" : `${criterion.title}: ${answer.text}`;
}

function draw() {
  const asked = limits();
  let remaining = 0;
  for (const row of variants) {
    const objections = asked.map(([it, limit]) => objection(it, limit, row.dataset.variant)).filter(Boolean);
    row.classList.toggle("out", objections.length > 0);
    row.querySelector(".verdict").textContent = objections.length ? "out" : "remains";
    row.querySelector(".why").textContent = objections.join("; ") || asked.map(([it]) => figure(it, row)).join("; ");
    remaining += objections.length ? 0 : 1;
  }
  document.getElementById("said").textContent = `${remaining} of ${variants.length} remain.`;
}

function figure(criterion, row) {
  return `${criterion.title}: ${criterion.answers.find((it) => it.variant === row.dataset.variant)?.text}`;
}

wishes.addEventListener("input", () => {
  writeState(Object.fromEntries(criteria.map((it) => [it.id, wishes.elements[it.id].value])));
  draw();
});
wishes.addEventListener("submit", (event) => event.preventDefault());
wishes.addEventListener("reset", () => {
  writeState({});
  queueMicrotask(draw);
});

for (const [id, text] of Object.entries(readState())) if (wishes.elements[id]) wishes.elements[id].value = text;
draw();
