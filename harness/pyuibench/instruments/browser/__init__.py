"""The browser instrument: real gestures in Chromium, timed inside the page."""
