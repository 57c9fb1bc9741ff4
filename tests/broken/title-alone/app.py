from changed import with_script

app = with_script(
    'chart: (figure) => Plotly.react("chart", figure.data, figure.layout, { responsive: true }),',
    """
      chart: (figure) =>
        element("chart").data
          ? Plotly.relayout("chart", { title: figure.layout.title })
          : Plotly.react("chart", figure.data, figure.layout, { responsive: true }),
    """,
)
