from changed import with_script

app = with_script(
    'act("name", event.target.value)',
    """{
      const name = event.target.value;
      element("greeting").textContent = `Hello, ${name.toUpperCase()} (${name.length} characters)`;
    }""",
)
