from changed import with_script

app = with_script(
    """element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));""",
    """element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));
element("min_units").addEventListener("mousedown", (event) => event.preventDefault());""",
)
