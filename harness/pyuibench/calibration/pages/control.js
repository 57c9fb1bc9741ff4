// The two controls of a page for calibration: one changes its outputs at once, in the event's own task; the other in an animation
// callback, as grids and plots do, after the server has taken a known time. Both leave a mark in a trace right after the change.
"use strict";

const SERVER_MS = 5;
let number = 0;

function changeWithMark() {
  change(++number);
  performance.mark("pyuibench-changed");
}

function find(id, root = document) {
  const found = root.getElementById(id);
  if (found) return found;
  for (const each of root.querySelectorAll("*")) {
    const inside = each.shadowRoot && find(id, each.shadowRoot);
    if (inside) return inside;
  }
  return null;
}

find("at-once").addEventListener("click", changeWithMark);
find("later").addEventListener("click", async () => {
  await fetch(`after?ms=${SERVER_MS}`);
  requestAnimationFrame(changeWithMark);
});
change(number);
