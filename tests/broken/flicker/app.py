from changed import with_script

app = with_script(
    "element(id).textContent = text;",
    """
      const before = element(id).textContent;
      element(id).textContent = text;
      if (id === "count" && before) setTimeout(() => (element(id).textContent = before), 200);
    """,
)
