"""Gradio-Lite, changed where it asks other hosts for something: Pyodide and the packages then come from the site itself.

Each place is named by its text in the published files, where `…` stands for anything but a quotation mark. It must be there
exactly once: another release would need other changes.
"""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

WORKER = "assets/webworker-S4bilnnk.js"
PAGE = "lite.js"
LOCK = "pyodide-lock.json"
LEFT_OUT = shutil.ignore_patterns("*.map", "*.whl", "lite.html")

# The addresses of Gradio's two wheels become those of the site's two archives, and the worker gets the variables of the page.
# It is a module, as this Pyodide runs in no other worker.
PAGE_CHANGES = {
    'new URL("assets/gradio-5.45.0-cp312-none-any.whl",import.meta.url)': 'new URL("/packages.zip",import.meta.url)',
    'new URL("assets/gradio_client-1.13.0-py3-none-any.whl",import.meta.url)': 'new URL("/own.zip",import.meta.url)',
    "import.meta.url),{shared:t})": 'import.meta.url),{shared:t,type:"module"})',
    '{type:"init-env",data:{': '{type:"init-env",data:{'
    'environment:JSON.parse(document.getElementById("environment").textContent),',
    # A style sheet of another host, which the default theme names for its font: the system's own font stands for it.
    "if(!Lu(r))return Ho(e,t);": "if(!Lu(r))return;",
}

# Wheels aren't installed by micropip, which would ask the package index for what they need, but unpacked, as in every entry whose
# Python runs in the browser. Pyodide gets a lock without packages, as otherwise it would load those that the app imports.
# The package `ssl` is part of this Pyodide, and nothing uses setuptools.
WORKER_CHANGES = {
    'importScripts("https://…/pyodide.js");': """\
const pyodideModule = import("/pyodide/pyodide.mjs");
const fetched = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());
""",
    "const s=await loadPyodide({stdout:o,stderr:a});": """\
const archives = [e.gradioWheelUrl, e.gradioClientWheelUrl].map(fetched);
const env = { HOME: "/home/pyodide", GRADIO_ANALYTICS_ENABLED: "False", ...e.environment };
const { loadPyodide } = await pyodideModule;
const s = await loadPyodide({ stdout: o, stderr: a, env, lockFileURL: "/lite/pyodide-lock.json" });
performance.mark("pyodide");
""",
    'await s.loadPackage("micropip");': """\
await (async () => {
  const extractDir = s.runPython("import sysconfig; sysconfig.get_path('purelib')");
  for (const archive of await Promise.all(archives)) s.unpackArchive(archive, "zip", { extractDir });
})();
performance.mark("packages");
""",
    'await s.loadPackage(["ssl","setuptools"]),': "",
    "await E(s,i,r),": "",
    # Completes code in an editor that the page doesn't have, for which it would install jedi from the package index.
    'this.setup().catch(o=>(console.error("Error while setting up code completion",o),null))': "Promise.resolve(null)",
    # This Pyodide makes an object of a dict by itself, where the one before made a Map.
    "Object.fromEntries(r.toJs())": "r.toJs({dict_converter:Object.fromEntries})",
    # In this Pyodide the root of all folders isn't found by the name that Gradio-Lite has for it.
    "if(e.FS.analyzePath(r).exists){": "if(!r||e.FS.analyzePath(r).exists){",
}


def write(target: Path, npm_packages: Path) -> None:
    """Write the changed Gradio-Lite into a folder, from the one with npm's packages."""
    shutil.copytree(npm_packages / "@gradio" / "lite" / "dist", target, ignore=LEFT_OUT)
    _change(target / PAGE, PAGE_CHANGES)
    _change(target / WORKER, WORKER_CHANGES)
    lock = json.loads((npm_packages / "pyodide" / LOCK).read_text(encoding="utf-8"))
    (target / LOCK).write_text(json.dumps({**lock, "packages": {}}), encoding="utf-8")


def _change(file: Path, changes: Mapping[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for before, after in changes.items():
        pattern = re.escape(before).replace("…", '[^"]*')
        # As a function, so that a backslash in it is nothing but that.
        text, times = re.subn(pattern, lambda _, after=after: after, text)
        if times != 1:
            raise SystemExit(f"{file.name} has {before!r} {times} times, not once.")
    file.write_text(text, encoding="utf-8")
