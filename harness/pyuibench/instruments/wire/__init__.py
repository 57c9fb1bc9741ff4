"""The wire instrument: Locust users that speak each entry's protocol without a browser."""
