from changed import with_script

app = with_script("const act =", 'new WebSocket("ws://example.invalid/telemetry");\nconst act =')
