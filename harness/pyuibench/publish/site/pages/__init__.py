"""The pages of the site: a module each, which declares it in `PAGE`, and is found by itself."""
