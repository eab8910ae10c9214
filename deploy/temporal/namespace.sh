#!/bin/sh
# Makes the namespace NAME, "default" when none is given; safe to run again. Wanted in the environment: TEMPORAL_ADDRESS, and TEMPORAL_TLS_*
# where the server asks for certificates.
set -eu
name=${1:-default}
# Incidents stay readable in Temporal for a month after they closed.
temporal operator namespace describe --namespace "$name" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$name" --retention 720h
