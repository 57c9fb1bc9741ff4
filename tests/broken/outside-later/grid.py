from changed import with_script

app = with_script(
    "const act =", 'new Image().src = "http://example.invalid/grid.png";\nconst act =', "grid", first_visit=2
)
