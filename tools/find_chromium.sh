#!/bin/sh
# Print the chromium the browser tests drive; say what to do when there is none.
set -eu
for browser in ${ASSENT_TEST_BROWSER:-} chromium chromium-browser google-chrome-stable google-chrome; do
    if command -v "$browser"; then exit 0; fi
done
echo "No chromium was found. Install one, or name it: ASSENT_TEST_BROWSER=/path/to/chromium make test" >&2
exit 1
