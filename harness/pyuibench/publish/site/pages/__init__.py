"""The pages of the site: a module each, which has `pages(site)`, and is found by itself."""
