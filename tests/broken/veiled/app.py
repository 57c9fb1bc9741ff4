from changed import with_script

app = with_script(
    """element("min_units").addEventListener("input", (event) => act("min_units", Number(event.target.value)));""",
    """let last = 0;
element("min_units").addEventListener("input", (event) => {
  act("min_units", Number(event.target.value));
  if (event.timeStamp - last < 60) document.documentElement.style.opacity = 0;
  last = event.timeStamp;
});""",
)
