"""Ends with 0 if the URL answers 200: the image has no curl."""

import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=2) as answer:
    sys.exit(answer.status != 200)
