from changed import with_script

app = with_script(
    """element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));""",
    """let before = null;
element("min_units").addEventListener("pointerdown", () => { before = null; });
element("min_units").addEventListener("input", (event) => {
  const value = Number(event.target.value);
  act("min_units", before ?? value);
  before = value;
});""",
)
