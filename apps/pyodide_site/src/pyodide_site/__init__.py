"""Makes and serves static sites whose Python runs in the browser, on Pyodide."""
