from changed import with_script

app = with_script(
    """element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));""",
    """let last = { at: 0, value: 0 };
element("min_units").addEventListener("input", (event) => {
  const step = { at: event.timeStamp, value: Number(event.target.value) };
  act("min_units", step.at - last.at < 60 ? last.value : step.value);
  last = step;
});""",
)
