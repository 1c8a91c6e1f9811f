#!/usr/bin/env bash
# Makes what the tests of TLS need in DIR: ca.pem with two authorities, a certificate for the server, client.pem for the
# user `limited`, and stranger/client.pem of the other authority for `nobody`, who is no user.
#
#   conformance/certificates.sh DIR
set -euo pipefail

dir=$1
ferry=$(cd "$(dirname "$0")/.." && pwd)/ferry
"$ferry" certificate --client=limited "$dir" >/dev/null
"$ferry" certificate --client=nobody "$dir/stranger" >/dev/null
cat "$dir/stranger/ca.pem" >> "$dir/ca.pem"
