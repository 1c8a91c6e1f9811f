#!/bin/sh
# Hello world with Debian's amqp-tools: declare a queue, send to it, take one message, listen for the next two.
set -eu

# These tools take what follows the last slash as the name of the virtual host, so the default one is written without.
url=${AMQP_URL:-amqp://guest:guest@localhost:5672/}
url=${url%/}

amqp-declare-queue --url="$url" --queue=hello-shell >/dev/null

amqp-publish --url="$url" --routing-key=hello-shell --body='Hello World!'
echo " [.] Got $(amqp-get --url="$url" --queue=hello-shell)"

printf 'first\nsecond\n' | amqp-publish --url="$url" --routing-key=hello-shell --line-buffered
amqp-consume --url="$url" --queue=hello-shell --count=2 -- sh -c 'echo " [x] Received $(cat)"'

amqp-delete-queue --url="$url" --queue=hello-shell >/dev/null
