// The worker in which the page's Python runs: starts Pyodide, then hands each message to the session.

import { loadPyodide } from "/pyodide/pyodide.mjs";

const waiting = [];
let act = (message) => waiting.push(message);

addEventListener("message", async ({ data }) => {
  if (data.control) {
    act(data);
    return;
  }
  const archives = ["/packages.zip", "/own.zip"].map(fetched);
  const pyodide = await loadPyodide({ env: { HOME: "/home/pyodide", ...data.environment } });
  performance.mark("pyodide");
  const place = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
  for (const archive of await Promise.all(archives)) pyodide.unpackArchive(archive, "zip", { extractDir: place });
  performance.mark("packages");
  const { start } = pyodide.pyimport(data.module);
  performance.mark("imported");
  const session = start((outputs) => postMessage(outputs));
  act = ({ control, value }) => session.act(control, value instanceof ArrayBuffer ? new Uint8Array(value) : value);
  waiting.splice(0).forEach(act);
});

async function fetched(path) {
  const answer = await fetch(path);
  return new Uint8Array(await answer.arrayBuffer());
}
