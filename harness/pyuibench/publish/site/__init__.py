"""The site: a run, or several, to choose by and to show; static pages that ask no other host for anything."""
