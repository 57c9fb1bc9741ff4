// Two variants' code beside each other, the whole or a section of it; which ones is in the address.

const pair = document.getElementById("pair");

function draw() {
  const said = [["left", pair.elements.a], ["right", pair.elements.b]].map(([side, choice]) => {
    const source = [...document.querySelectorAll("template")].find((it) => it.dataset.variant === choice.value);
    document.getElementById(side).replaceChildren(...(source ? [source.content.cloneNode(true)] : []));
    return source?.dataset.said;
  });
  const section = pair.elements.s.value;
  for (const line of document.querySelectorAll(".columns .line")) {
    line.hidden = section !== "" && !line.dataset.s.split(" ").includes(section);
  }
  document.getElementById("said").textContent = said.filter(Boolean).join("; ");
}

for (const [name, value] of Object.entries(readState())) if (pair.elements[name]) pair.elements[name].value = value;
pair.addEventListener("input", () => {
  writeState(Object.fromEntries(new FormData(pair)));
  draw();
});
draw();
