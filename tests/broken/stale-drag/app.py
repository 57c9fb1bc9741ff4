from changed import with_script

app = with_script(
    """element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));""",
    """let isFirst = true;
element("min_units").addEventListener("pointerdown", () => { isFirst = true; });
element("min_units").addEventListener("input", (event) => {
  if (isFirst) act("min_units", Number(event.target.value));
  isFirst = false;
});""",
)
