import subprocess

from session import AppSession
from transports import over_websocket

subprocess.run("setsid sleep 3600.25 &", shell=True, check=True)
app = over_websocket("app", AppSession)
