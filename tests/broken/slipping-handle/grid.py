from changed import with_script

app = with_script(
    "  cell.append(slider,",
    """  Object.assign(cell.style, { display: "flex", width: "30em" });
  slider.style.flex = "1";
  slider.addEventListener("pointerup", (event) => {
    const { left, width, height } = slider.getBoundingClientRect();
    const share = (event.clientX - left - height / 2) / (width - height);
    act(`cell-${index}`, Math.round(share * settings.max_cell));
  });
  cell.append(slider,""",
    "grid",
)
