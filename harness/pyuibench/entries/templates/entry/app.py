"""The app page: counter, greeting, filters, KPIs, chart, table, answer, job and upload (CONTRIBUTING.md, "The app")."""
