// How a page reaches its session on the server: over one WebSocket, by plain requests, or with a stream of events back.

export const settings = JSON.parse(document.getElementById("settings").textContent);

/** Connect; `show` gets {output: value} for all outputs at first and for the changed ones later. Returns act(control, value). */
export function connect(show) {
  return { websocket, http, sse }[settings.transport](show);
}

/** Send a file in. What it comes to is the request's answer, whatever the page's own way to its session. */
export async function upload(file) {
  const answer = await fetch("/upload", { method: "POST", body: file });
  return answer.json();
}

function websocket(show) {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = (message) => show(JSON.parse(message.data));
  return (control, value) => socket.send(JSON.stringify({ control, value }));
}

function http(show) {
  const url = `/session/${crypto.randomUUID()}`;
  const first = fetch(url).then(async (answer) => show(await answer.json()));
  addEventListener("pagehide", () => navigator.sendBeacon(`${url}/end`));
  return inTurn(first, (control, value) => {
    const answered = post(url, control, value).then((answer) => eachLine(answer, show));
    // An answer must not overtake the one before it, so the next action waits for it. What takes long goes beside them.
    return ["ask", "crunch"].includes(control) ? null : answered;
  });
}

function sse(show) {
  const url = `/session/${crypto.randomUUID()}`;
  new EventSource(url).onmessage = (event) => show(JSON.parse(event.data));
  // Of two requests on their way at once, the later can arrive first, and a slider's last value would be lost.
  return inTurn(Promise.resolve(), (control, value) => post(url, control, value));
}

/** Return act(control, value): one action after the other; of a control's values that wait for their turn only the newest is sent. */
function inTurn(first, send) {
  const newest = {};
  let last = first;
  return (control, value) => {
    newest[control] = value;
    const next = () => newest[control] === value && send(control, value);
    last = last.then(next, next);
  };
}

function post(url, control, value) {
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
