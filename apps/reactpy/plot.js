import "/plotly/plotly.min.js";

export function bind(node) {
  node.style.display = "block";
  return {
    create: (component, props) => ({ component, props }),
    render: ({ component, props }) => component(node, props),
    unmount: () => Plotly.purge(node),
  };
}

// ReactPy renders every Javascript component again at each update of the page, whether its props are new or not.
export function Plot(node, { figure }) {
  if (figure.data !== node.data) Plotly.react(node, figure.data, figure.layout, { responsive: true });
}
