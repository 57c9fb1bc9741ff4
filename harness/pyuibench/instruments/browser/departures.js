// When the page next sends something after a moment: over a WebSocket, by fetch, XMLHttpRequest, a beacon or an
// EventSource, or to a worker.
//
// In the page before any of its own scripts. Times are milliseconds of performance.now(): those of the call, before a byte is on
// the wire. What a page sends of its own accord (a ping, a poll) can't be told from what a gesture made it send.
(() => {
  "use strict";
  if (window !== window.top) return;

  let since = Infinity;
  let first = null;
  const note = () => {
    const at = performance.now();
    if (first === null && at >= since) first = at;
  };

  function noting(owner, name) {
    const original = owner[name];
    owner[name] = function (...args) {
      note();
      return original.apply(this, args);
    };
  }
  noting(WebSocket.prototype, "send");
  noting(XMLHttpRequest.prototype, "send");
  noting(Navigator.prototype, "sendBeacon");
  noting(window, "fetch");
  window.pyuibenchWorkers.sent.push(note);
  const Events = window.EventSource;
  window.EventSource = class EventSource extends Events {
    constructor(...args) {
      note();
      super(...args);
    }
  };

  window.pyuibenchDepartures = {
    /** Wait for the first thing that is sent from a time on. */
    await(at) {
      since = at;
      first = null;
    },

    /** When that was, null if nothing was sent. */
    first: () => first,
  };
})();
