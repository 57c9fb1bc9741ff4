import { connect, settings, upload } from "./session.js";

const element = (id) => document.getElementById(id);

// plotly.js is run after this script, and before this event. Only the chart waits for it.
const plotly = new Promise((loaded) => document.addEventListener("DOMContentLoaded", loaded));

const show = {
  chart: newest(async (figure) => {
    await plotly;
    Plotly.react("chart", figure.data, figure.layout, { responsive: true });
  }),
  rows: newest(({ columns, cells }) => {
    element("rows").parentElement.tHead.replaceChildren(row("th", columns));
    element("rows").replaceChildren(...cells.map((values) => row("td", values)));
  }),
  step: (step) => (element("bar").value = step),
  token: (token) => element("answer").append(token),
};

/** Return a function that draws a value soon; if more have come by then, as in a drag, only the last of them. */
function newest(draw) {
  let waiting = [];
  return (value) => {
    if (waiting.push(value) > 1) return;
    setTimeout(() => {
      draw(waiting.at(-1));
      waiting = [];
    });
  };
}

function row(tag, values) {
  const line = document.createElement("tr");
  for (const value of values) line.appendChild(document.createElement(tag)).textContent = value;
  return line;
}

function showText(id, text) {
  element(id).textContent = text;
}

function showAll(outputs) {
  for (const [id, value] of Object.entries(outputs)) (show[id] ?? ((text) => showText(id, text)))(value);
}

const act = connect(showAll);

for (const category of settings.categories) element("category").add(new Option(category));
element("category").value = settings.category;
element("min_units").max = settings.max_min_units;
element("min_units").value = settings.min_units;
for (const granularity of settings.granularities) {
  const label = element("granularity").appendChild(document.createElement("label"));
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "granularity" });
  radio.value = granularity;
  radio.checked = granularity === settings.granularity;
  label.append(radio, granularity);
}

element("bar").max = settings.crunch_steps;

element("increment").addEventListener("click", () => act("increment", null));
element("name").addEventListener("input", (event) => act("name", event.target.value));
element("category").addEventListener("change", (event) => act("category", event.target.value));
element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));
element("granularity").addEventListener("change", (event) => act("granularity", event.target.value));
element("ask").addEventListener("click", () => act("ask", null));
element("crunch").addEventListener("click", () => act("crunch", null));
element("upload").addEventListener("change", async (event) => showAll(await upload(event.target.files[0])));
