import os
import sys

from session import AppSession
from transports import over_websocket


class Dying(AppSession):
    acted = 0

    def act(self, control, value):
        self.acted += 1
        if self.acted == 3:
            print("out of luck", file=sys.stderr, flush=True)
            os._exit(7)
        return super().act(control, value)


app = over_websocket("app", Dying)
