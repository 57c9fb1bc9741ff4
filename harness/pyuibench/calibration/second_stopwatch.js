// A stopwatch of another make, to hold the suite's own against: it shares no code and no way of looking with it.
//
// It starts at the event's own time as well, but looks at each frame, by polling, whether the texts are there, and ends with the first
// timer after the animation callback that has seen all of them. It knows no observers, shadow roots, charts or visibility.
(() => {
  "use strict";
  let run = null;

  for (const type of ["pointerdown", "keydown"]) {
    addEventListener(type, (event) => (run && type === run.type ? (run.start ??= event.timeStamp) : null), true);
  }

  const shows = ([selector, text]) => document.querySelector(selector)?.textContent.replaceAll(/\s/g, "") === text;

  function poll() {
    if (run.start === null || !run.texts.every(shows)) return requestAnimationFrame(poll);
    setTimeout(() => run.tell(performance.now() - run.start));
  }

  /** Time the next gesture: `texts` are pairs of a selector and the text, without white space, that it must come to show. */
  window.secondStopwatch = (type, texts) => {
    run = { type, texts, start: null };
    window.secondStopwatchSays = new Promise((tell) => (run.tell = tell));
    requestAnimationFrame(poll);
  };
})();
