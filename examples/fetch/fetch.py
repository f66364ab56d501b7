"""Fetch a URL and print its status and size; the server's certificate is checked against certifi's file."""

import argparse
import sys

import requests


def main() -> int:
    parser = argparse.ArgumentParser(prog="fetch", description=__doc__)
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--ca", metavar="FILE", help="trust the certificates of this file instead")
    parser.add_argument("--timeout", type=float, default=10, metavar="SECONDS", help="how long to wait (default: 10)")
    arguments = parser.parse_args()
    try:
        response = requests.get(arguments.url, verify=arguments.ca or True, timeout=arguments.timeout)
    except requests.RequestException as error:
        print(f"fetch: {error}", file=sys.stderr)
        return 1
    print(f"{response.status_code} {response.reason}, {len(response.content)} bytes")
    return 0 if response.ok else 1


if __name__ == "__main__":
    sys.exit(main())
