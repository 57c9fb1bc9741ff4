// The page's side of the server in the worker: requests and sockets, each with a port of its own.

const worker = new Worker("/loader/worker.js", { type: "module" });

/** Start the server. What is asked of it before it runs is answered when it does. */
export function start(settings) {
  worker.postMessage({ kind: "start", settings });
}

/** Ask for a path with its query; returns {status, body}, the body as bytes. */
export function request(target, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data);
    };
    const asked = { kind: "request", target, method, headers: Object.entries(headers), body };
    worker.postMessage(asked, body ? [port2, body] : [port2]);
  });
}

/** As much of a WebSocket as Shiny uses. */
export class WorkerSocket {
  readyState = WebSocket.CONNECTING;
  onopen = null;
  onmessage = null;
  onclose = null;
  #port;

  constructor(path) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    worker.postMessage({ kind: "connect", path }, [port2]);
    port1.onmessage = ({ data }) => this.#handle(data);
  }

  /** Send a text. */
  send(text) {
    this.#port.postMessage({ text });
  }

  /** Close it. */
  close(code = 1000) {
    this.#port.postMessage({ code });
    this.#end(code);
  }

  #handle({ accepted, text, code }) {
    if (accepted) {
      this.readyState = WebSocket.OPEN;
      this.onopen?.(new Event("open"));
    } else if (text !== undefined) {
      this.onmessage?.(new MessageEvent("message", { data: text }));
    } else {
      this.#end(code);
    }
  }

  #end(code) {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#port.close();
    this.onclose?.(new CloseEvent("close", { code, wasClean: true }));
  }
}
