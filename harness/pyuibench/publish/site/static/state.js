// The view lives in the URL's fragment, so that a link shows what its sender saw.

/** Return {name: text} of what the address says. */
function readState() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

/** Put a view into the address, what is empty left out, without a new entry in the browser's history. */
function writeState(state) {
  const kept = Object.entries(state).filter(([, value]) => value !== "" && value !== undefined);
  history.replaceState(null, "", `#${new URLSearchParams(kept)}`);
}
