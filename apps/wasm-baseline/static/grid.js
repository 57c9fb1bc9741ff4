import { connect, settings } from "./session.js";

const act = connect((outputs) => {
  for (const [id, text] of Object.entries(outputs)) document.getElementById(id).textContent = text;
});

for (let index = 0; index < settings.cells; index++) {
  const cell = document.getElementById("cells").appendChild(document.createElement("div"));
  cell.className = "cell";
  const slider = Object.assign(document.createElement("input"), { type: "range", id: `slider-${index}` });
  slider.max = settings.max_cell;
  slider.value = settings.cell;
  slider.addEventListener("input", () => act(`cell-${index}`, Number(slider.value)));
  cell.append(slider, Object.assign(document.createElement("output"), { id: `cell-${index}` }));
}
