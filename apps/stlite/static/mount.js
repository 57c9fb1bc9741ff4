// Mounts the Streamlit app: its Python runs in stlite's worker.

import { mount } from "/stlite/stlite.js";

const PACKAGES = "/lib/python3.13/site-packages";

const parsed = (id) => JSON.parse(document.getElementById(id).textContent);

mount(
  {
    entrypoint: "streamlit_app.py",
    files: { "streamlit_app.py": { url: "/streamlit_app.py" } },
    // All that would be installed. What is unpacked to where Python finds it isn't asked for elsewhere.
    archives: ["/packages.zip", "/own.zip"].map((url) => ({ url, format: "zip", options: { extractDir: PACKAGES } })),
    // The worker's own addresses don't begin at the page's.
    pyodideUrl: new URL("/pyodide/pyodide.mjs", location.href).href,
    env: parsed("environment"),
    streamlitConfig: { "client.toolbarMode": "viewer", "theme.metricValueFontSize": "1.25rem" },
  },
  document.getElementById("root"),
);
