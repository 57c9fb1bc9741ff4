import os

from changed import with_script

app = with_script(
    "element(id).textContent = text;",
    f"""
      const it = element(id);
      it.textContent = text;
      if (id === "greeting") {{ {os.environ["HIDE"]} }}
    """,
)
