// What a chart shows, as Plotly draws it: its title, and each bar's height in thousandths of the highest one's.
(() => {
  "use strict";
  if (window !== window.top) return;

  // Of a thousandth: heights are rounded to it, and before that to hundredths of a pixel by who draws them.
  const TOLERANCE = 1;
  const PLOT = ".js-plotly-plot";
  const BARS = ".barlayer path";

  // The height of a path that is a rectangle, with the base first: "M0,270V123.4H9.3V270Z". One without height is drawn as "M0,0Z".
  function height(path) {
    const found = /^M[-\d.e]+,([-\d.e]+)V([-\d.e]+)H/.exec(path.getAttribute("d") ?? "");
    return found ? Math.abs(found[1] - found[2]) : 0;
  }

  const partsOf = (text) => {
    const end = text.lastIndexOf("|");
    return [text.slice(0, end), text.slice(end + 1).split(",")];
  };

  window.pyuibenchCharts = {
    /** Return what the chart with this title shows, as `title|heights`. */
    read(title) {
      const heights = Array.from(title.closest(PLOT)?.querySelectorAll(BARS) ?? [], height);
      const highest = Math.max(...heights);
      return `${title.textContent}|${heights.map((it) => Math.round((1000 * it) / highest)).join(",")}`;
    },

    /** Whether two such texts tell of the same chart. */
    areAlike(shown, expected) {
      const [[title, some], [other, others]] = [partsOf(shown), partsOf(expected)];
      const isAlike = (it, place) => Math.abs(it - others[place]) <= TOLERANCE;
      return title === other && some.length === others.length && some.every(isAlike);
    },
  };
})();
