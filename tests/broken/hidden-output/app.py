import os

from changed import with_script

# The first greeting can be seen.
app = with_script(
    "element(id).textContent = text;",
    f"""
      const it = element(id);
      it.textContent = text;
      if (id === "greeting" && it.dataset.isKnown) {{ {os.environ["HIDE"]} }}
      it.dataset.isKnown = "yes";
    """,
)
