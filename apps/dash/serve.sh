#!/bin/sh
# Serves a module: `sh serve.sh MODULE PORT WORKERS`. Background callbacks take the processes `web` and `worker`, as in the Procfile of
# Dash's documentation, and Redis, which listens on the same port of another loopback address.
set -u
web="gunicorn $1:app --workers $3 --threads 4 --bind 127.0.0.1:$2 --no-control-socket --log-level warning"

# The scaling page has no background callbacks.
case $1 in *grid) exec $web ;; esac

export REDIS_URL="redis://127.0.0.2:$2"
redis-server --bind 127.0.0.2 --port "$2" --save "" --loglevel warning &
celery -A "$1:celery_app" worker --concurrency=2 --loglevel=WARNING &
$web &
web=$!

# Nothing has to be kept: at a signal, or when the web server has ended by itself, the whole process group ends at once.
trap 'kill -KILL 0' INT TERM
wait "$web"
kill -KILL 0
