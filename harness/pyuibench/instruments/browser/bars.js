// The bars that a chart shows, as an element of SVG has them: each one's height in thousandths of the highest one's.
(() => {
  "use strict";
  if (window !== window.top) return;

  // Pixels are rounded to hundredths by who draws them.
  const TOLERANCE = 2;

  // The height of a path that is a rectangle, with the base first: "M0,270V123.4H9.3V270Z". One without height is drawn as "M0,0Z".
  function height(path) {
    const found = /^M[-\d.e]+,([-\d.e]+)V([-\d.e]+)H/.exec(path.getAttribute("d") ?? "");
    return found ? Math.abs(found[1] - found[2]) : 0;
  }

  window.pyuibenchBars = {
    /** Return the heights within an element, joined by commas; null if it isn't there, "" if it has no bars. */
    read(element) {
      if (!element) return null;
      const heights = Array.from(element.querySelectorAll("path"), height);
      const highest = Math.max(...heights);
      return heights.map((it) => Math.round((1000 * it) / highest)).join(",");
    },

    /** Whether two such texts tell of the same bars. */
    areAlike(shown, expected) {
      if (shown === null) return false;
      const [some, others] = [shown.split(","), expected.split(",")];
      return some.length === others.length && some.every((it, place) => Math.abs(it - others[place]) <= TOLERANCE);
    },
  };
})();
