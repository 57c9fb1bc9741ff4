// The worker in which the app's Python runs: starts Pyodide and the app, then hands it the page's requests and sockets.

import { loadPyodide } from "/pyodide/pyodide.mjs";

let started;

addEventListener("message", async ({ data, ports }) => {
  if (data.kind === "start") {
    started = serve(data.settings);
    return;
  }
  const server = await started;
  if (data.kind === "request") request(server, data, ports[0]);
  else connect(server, data, ports[0]);
});

async function serve({ app, environment }) {
  const archives = ["/packages.zip", "/own.zip"].map(fetched);
  const pyodide = await loadPyodide({ env: { HOME: "/home/pyodide", ...environment } });
  performance.mark("pyodide");
  const place = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
  for (const archive of await Promise.all(archives)) pyodide.unpackArchive(archive, "zip", { extractDir: place });
  performance.mark("packages");
  const server = pyodide.pyimport("asgi_server").start(`${place}/${app}`);
  performance.mark("imported");
  return server;
}

async function fetched(path) {
  const answer = await fetch(path);
  return new Uint8Array(await answer.arrayBuffer());
}

function request(server, { method, target, headers, body }, port) {
  const answer = (status, bytes) => port.postMessage({ status, body: bytes }, [bytes.buffer]);
  server.request(method, target, headers, body ? new Uint8Array(body) : null, answer);
}

function connect(server, { path }, port) {
  const socket = server.connect(path, {
    accept: () => port.postMessage({ accepted: true }),
    send: (text) => port.postMessage({ text }),
    close: (code) => port.postMessage({ code }),
  });
  port.onmessage = ({ data: { text, code } }) => (text === undefined ? socket.closed(code) : socket.received(text));
}
