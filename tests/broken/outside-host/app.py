from changed import with_script

app = with_script("const act =", 'new Image().src = "http://example.invalid/logo.png";\nconst act =')
