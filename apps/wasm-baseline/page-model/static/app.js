import { connect } from "/static/session.js";

const act = connect((outputs) => {
  for (const [id, text] of Object.entries(outputs)) document.getElementById(id).textContent = text;
});

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(form.dataset.control, form.querySelector("input").value);
  });
}
