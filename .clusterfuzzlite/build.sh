#!/bin/bash -eu
# The same build as for OSS-Fuzz.
exec bash -eu "$SRC/vringfuzz/oss-fuzz/build.sh"
