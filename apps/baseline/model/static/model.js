import { connect } from "/static/session.js";

const shown = (name) => document.getElementById(name);

const act = connect((outputs) => {
  for (const [name, text] of Object.entries(outputs)) {
    if (name === "piece") shown("answer").append(text);
    else shown(name).textContent = text;
  }
});

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(form.dataset.control, form.querySelector("input").value);
  });
}
for (const name of ["batch", "increment"]) {
  shown(name).addEventListener("click", () => act(name, null));
}
