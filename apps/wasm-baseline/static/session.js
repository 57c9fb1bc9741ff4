// How a page reaches its session: by messages to a worker, in which its Python runs.

const parsed = (id) => JSON.parse(document.getElementById(id).textContent);
export const settings = parsed("settings");

const worker = new Worker("/static/worker.js", { type: "module" });

/** Start the session; `show` gets {output: value} for all outputs at first and for the changed ones later. Returns act(control, value). */
export function connect(show) {
  worker.onmessage = ({ data }) => show(JSON.parse(data));
  worker.postMessage({ module: settings.module, environment: parsed("environment") });
  return (control, value) => worker.postMessage({ control, value });
}

/** Send a file in. What it comes to is shown when it is known, as all else is. */
export async function upload(file) {
  const csv = await file.arrayBuffer();
  worker.postMessage({ control: "upload", value: csv }, [csv]);
  return {};
}
