from changed import with_script

app = with_script(
    'act("increment", null)',
    """{
      element("count").textContent = `${parseInt(element("count").textContent) + 1} clicks`;
      setTimeout(() => act("increment", null), 150);
    }""",
)
