// How a page reaches its session on the server: over one WebSocket, by plain requests, or with a stream of events back.

export const settings = JSON.parse(document.getElementById("settings").textContent);

/** Connect; `show` gets {output: value} for all outputs at first and for the changed ones later. Returns act(control, value). */
export function connect(show) {
  return { websocket, http, sse }[settings.transport](show);
}

function websocket(show) {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = (message) => show(JSON.parse(message.data));
  return (control, value) => socket.send(JSON.stringify({ control, value }));
}

function http(show) {
  const url = `/session/${crypto.randomUUID()}`;
  // One at a time and in order: an answer must not overtake the one before it.
  let last = fetch(url).then(async (answer) => show(await answer.json()));
  addEventListener("pagehide", () => navigator.sendBeacon(`${url}/end`));
  return (control, value) => {
    const body = JSON.stringify({ control, value });
    last = last.then(() => fetch(url, { method: "POST", body })).then(async (answer) => show(await answer.json()));
  };
}

function sse(show) {
  const url = `/session/${crypto.randomUUID()}`;
  new EventSource(url).onmessage = (event) => show(JSON.parse(event.data));
  return (control, value) => fetch(url, { method: "POST", body: JSON.stringify({ control, value }) });
}
