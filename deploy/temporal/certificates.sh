#!/bin/sh
# Makes what Temporal and everybody who talks to it need to know each other: an authority, and one certificate each for the
# server and for its clients, all good for ten years. What is there stays; delete the folder to begin anew.
# Usage: certificates.sh FOLDER [OWNER]
set -eu
umask 077
folder=$1
owner=${2:-}
mkdir -p "$folder"
cd "$folder"
[ ! -e client.pem ] || exit 0
days=3650

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj '/CN=Temporal of IMAS' \
  -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign' -keyout authority.key -out authority.pem 2>/dev/null

issue() { # name, subject, what it may be used for, names
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  printf 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$3" "$4" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -CAcreateserial -days $days -extfile "$1.ext" \
    -out "$1.pem.new" 2>/dev/null
  mv "$1.pem.new" "$1.pem"
  rm "$1.csr" "$1.ext"
}
# Its parts talk to each other as clients, too.
issue server temporal serverAuth,clientAuth DNS:temporal,DNS:localhost,IP:127.0.0.1
issue client imas clientAuth DNS:imas

# Nobody is issued another one: whoever wants more begins anew.
rm -f authority.key authority.srl
chmod 644 ./*.pem
[ -z "$owner" ] || chown "$owner" . ./*
