from changed import with_script

app = with_script(
    "const act =", 'new Image().src = "http://example.invalid/app.png";\nconst act =', "app", first_visit=2
)
