from changed import with_script

app = with_script(
    'Plotly.react("chart", figure.data, figure.layout, { responsive: true });',
    """
      if (element("chart").data) Plotly.relayout("chart", { title: figure.layout.title });
      else Plotly.react("chart", figure.data, figure.layout, { responsive: true });
    """,
)
