from session import GridSession
from transports import over_websocket


class Neighbour(GridSession):
    def act(self, control, value):
        (answer,) = super().act(control, value).values()
        index = int(control.removeprefix("cell-"))
        return {f"cell-{(index + 1) % 6}": answer}


app = over_websocket("grid", Neighbour)
