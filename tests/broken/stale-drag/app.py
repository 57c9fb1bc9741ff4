from changed import with_script

app = with_script(
    """element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));""",
    """let last = 0;
element("min_units").addEventListener("input", (event) => {
  if (event.timeStamp - last > 60) act("min_units", Number(event.target.value));
  last = event.timeStamp;
});""",
)
