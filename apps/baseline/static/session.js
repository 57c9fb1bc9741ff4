// How a page reaches its session on the server: over one WebSocket, by plain requests, or with a stream of events back.

export const settings = JSON.parse(document.getElementById("settings").textContent);

/** Connect; `show` gets {output: value} for all outputs at first and for the changed ones later. Returns act(control, value). */
export function connect(show) {
  return { websocket, http, sse }[settings.transport](show);
}

function websocket(show) {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = (message) => show(JSON.parse(message.data));
  return (control, value) => socket.send(value instanceof File ? value : JSON.stringify({ control, value }));
}

function http(show) {
  const url = `/session/${crypto.randomUUID()}`;
  // One at a time and in order: an answer must not overtake the one before it. What takes long goes beside them.
  let last = fetch(url).then(async (answer) => show(await answer.json()));
  addEventListener("pagehide", () => navigator.sendBeacon(`${url}/end`));
  return (control, value) => {
    const answered = last.then(() => post(url, control, value)).then((answer) => eachLine(answer, show));
    if (!["ask", "crunch", "upload"].includes(control)) last = answered;
  };
}

function sse(show) {
  const url = `/session/${crypto.randomUUID()}`;
  new EventSource(url).onmessage = (event) => show(JSON.parse(event.data));
  // In order: of two requests on their way at once, the later can arrive first, and a slider's last value would be lost.
  let last = Promise.resolve();
  return (control, value) => {
    const send = () => post(url, control, value);
    last = last.then(send, send);
  };
}

function post(url, control, value) {
  if (value instanceof File) return fetch(`${url}/upload`, { method: "POST", body: value });
  return fetch(url, { method: "POST", body: JSON.stringify({ control, value }) });
}

async function eachLine(answer, show) {
  let rest = "";
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) show(JSON.parse(line));
  }
}
