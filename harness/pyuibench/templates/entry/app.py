"""The app page: counter, greeting, filters, KPIs, chart and table (CONTRIBUTING.md, "The app")."""
