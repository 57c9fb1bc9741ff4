// The messages between a page and its workers: by the worker itself, or by a port whose other end was handed to one.
//
// In the page before any of its own scripts. Other ports stay within the page, as those that React's scheduler wakes itself by.
(() => {
  "use strict";
  if (window !== window.top) return;

  const sent = [];
  const came = [];
  const tell = (listeners) => listeners.forEach((listener) => listener());
  const otherEnds = new WeakMap();
  const toWorkers = new WeakSet();

  const Channel = window.MessageChannel;
  window.MessageChannel = class MessageChannel extends Channel {
    constructor() {
      super();
      otherEnds.set(this.port1, this.port2);
      otherEnds.set(this.port2, this.port1);
    }
  };

  function handOver(options) {
    for (const it of (Array.isArray(options) ? options : options?.transfer) ?? []) {
      const own = otherEnds.get(it);
      if (own && !toWorkers.has(own)) {
        toWorkers.add(own);
        own.addEventListener("message", () => tell(came));
      }
    }
  }

  function noting(kind, leadsToWorker) {
    const { postMessage } = kind.prototype;
    kind.prototype.postMessage = function (message, options) {
      if (leadsToWorker(this)) {
        handOver(options);
        tell(sent);
      }
      return postMessage.apply(this, arguments);
    };
  }
  noting(Worker, () => true);
  noting(MessagePort, (port) => toWorkers.has(port));

  const Work = window.Worker;
  window.Worker = class Worker extends Work {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", () => tell(came));
    }
  };

  /** Who is told when a message goes to a worker, and when one comes from there. */
  window.pyuibenchWorkers = { sent, came };
})();
