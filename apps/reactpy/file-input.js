export function bind(node) {
  const input = document.createElement("input");
  input.type = "file";
  node.replaceChildren(input);
  return {
    create: (component, props) => ({ component, props }),
    render: ({ component, props }) => component(input, props),
    unmount: () => input.remove(),
  };
}

export function FileInput(input, { id, accept, onFile }) {
  Object.assign(input, { id, accept });
  input.onchange = async () => {
    const [file] = input.files;
    if (file) onFile(await file.text());
  };
}
