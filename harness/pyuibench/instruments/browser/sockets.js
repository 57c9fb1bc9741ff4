// The addresses of all WebSockets that a page makes, in whatever frame, even of those that never connect.
(() => {
  "use strict";
  const addresses = [];
  const Socket = window.WebSocket;
  window.WebSocket = class WebSocket extends Socket {
    constructor(...args) {
      super(...args);
      addresses.push(this.url);
    }
  };
  window.pyuibenchSockets = addresses;
})();
