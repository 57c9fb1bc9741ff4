// Shows a Shiny app whose Python runs in a worker: asks it for the app's page, puts that in the place of this one, and gives its
// scripts what they expect of a server: a socket, and answers to requests of the session.

import { request, start, WorkerSocket } from "./server.js";

const SESSION = /^\/session\//;

const parsed = (id) => JSON.parse(document.getElementById(id).textContent);
start({ ...parsed("settings"), environment: parsed("environment") });
const answer = await request("/");
await show(new TextDecoder().decode(answer.body));

/** Put a page in the place of this one, and run its scripts as a browser does while it loads it: in their order, modules last. */
async function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const scripts = [...page.scripts].filter(isRun);
  const styles = [...page.querySelectorAll("link[rel=stylesheet]")].map(loaded);
  page.head.append(...scripts.filter(({ src }) => src).map(preload));
  document.replaceChild(document.adoptNode(page.documentElement), document.documentElement);
  await Promise.all(styles);
  for (const script of [...scripts.filter((it) => it.type !== "module"), ...scripts.filter((it) => it.type === "module")]) {
    await run(script);
    // Shiny begins when the document is ready, which here it always is: it has to wait for the scripts that register with it.
    if (window.jQuery && !window.Shiny) jQuery.holdReady(true);
  }
  serve();
  jQuery.holdReady(false);
}

function isRun({ type }) {
  return ["", "module", "text/javascript"].includes(type);
}

function preload({ type, src }) {
  const link = document.createElement("link");
  return Object.assign(link, { rel: type === "module" ? "modulepreload" : "preload", as: "script", href: src });
}

function loaded(element) {
  return new Promise((done) => {
    element.addEventListener("load", done);
    element.addEventListener("error", done);
  });
}

/** Run a script of a parsed page, which is inert: only one that is made anew is run. */
async function run(inert) {
  const script = document.createElement("script");
  for (const { name, value } of inert.attributes) script.setAttribute(name, value);
  script.textContent = inert.textContent;
  const done = inert.src ? loaded(script) : null;
  inert.replaceWith(script);
  await done;
}

/** Give Shiny its socket, and jQuery, by which Shiny sends files, the way to the worker. */
function serve() {
  Shiny.createSocket = () => new WorkerSocket("/websocket/");
  jQuery.ajaxTransport("+*", (options) => {
    const { pathname, search } = new URL(options.url, location.href);
    return SESSION.test(pathname) ? transport(pathname + search, options) : undefined;
  });
}

/** A request of jQuery's that the worker answers: https://api.jquery.com/jQuery.ajaxTransport/ */
function transport(target, { type, data, contentType }) {
  return {
    async send(headers, complete) {
      const named = contentType ? { ...headers, "content-type": contentType } : headers;
      const body = data ? await new Response(data).arrayBuffer() : undefined;
      const answer = await request(target, { method: type, headers: named, body });
      complete(answer.status, "", { text: new TextDecoder().decode(answer.body) });
    },
    abort() {},
  };
}
