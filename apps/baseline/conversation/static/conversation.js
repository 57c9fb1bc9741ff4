import { connect } from "/static/session.js";

const log = document.getElementById("log");
const field = document.getElementById("say");

function add(...texts) {
  log.append(...texts.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  log.lastElementChild?.scrollIntoView();
}

const show = {
  history: (turns) => add(...turns.flat()),
  token: (token) => log.lastElementChild.append(token),
};

const act = connect((outputs) => {
  for (const [name, value] of Object.entries(outputs)) show[name](value);
});

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  add(field.value, "");
  act("say", field.value);
  field.value = "";
});
