from changed import with_script

app = with_script(
    "element(id).textContent = text;",
    """
      element(id).textContent = text;
      if (id === "count") fetch(`/?shown=${text}`);
    """,
)
