from pyuibench.instruments.wire.client import Client


class OverWebSocket(Client):
    def open(self):
        self.texts["count"] = "nothing heard"

    def act(self, control, value):
        raise NotImplementedError

    def receive(self, timeout_s):
        self.take(timeout_s)

    def close(self):
        self.kill_greenlets()
