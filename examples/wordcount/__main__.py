"""Count the words of files: `python examples/wordcount --help`."""

import argparse
import logging
import random
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from counting import FileCount, FilterError, Report, count_file, summarise, without_copies
from formats import FORMATS

log = logging.getLogger("wordcount")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="wordcount", description="Count the words of text files.")
    parser.add_argument("files", metavar="FILE", type=Path, nargs="*", help="a text file; standard input if none")
    parser.add_argument("-f", "--format", choices=FORMATS, default="text", help="how to print the result")
    parser.add_argument("-n", "--top", type=int, default=5, metavar="N", help="how many words to list (default: 5)")
    parser.add_argument("-j", "--jobs", type=int, metavar="N", help="how many files to read at a time")
    parser.add_argument("--filter", type=shlex.split, metavar="COMMAND", help="send each file through this command")
    parser.add_argument("--skip-copies", action="store_true", help="count files with the same content once")
    parser.add_argument("--sample", type=int, metavar="N", help="also list N words picked at random")
    parser.add_argument("--seed", type=int, help="makes the random choice repeatable")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what is being done")
    return parser.parse_args()


def count_all(arguments: argparse.Namespace) -> list[FileCount]:
    """The counts of all files, in the order of the command line."""
    files = arguments.files or [Path("/dev/stdin")]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        counts = list(pool.map(partial(count_file, command=arguments.filter), files))
    return list(without_copies(counts)) if arguments.skip_copies else counts


def pick(report: Report, number: int, seed: int | None) -> tuple[str, ...]:
    """Some of the words, at random."""
    words = sorted(report.words)
    return tuple(random.Random(seed).sample(words, min(number, len(words))))


def main() -> int:
    arguments = parse_arguments()
    logging.basicConfig(level=logging.INFO if arguments.verbose else logging.WARNING, format="%(name)s: %(message)s")
    try:
        counts = count_all(arguments)
    except (OSError, FilterError) as error:
        log.error("%s", error)
        return 1
    report = summarise(counts, arguments.top)
    if arguments.sample:
        report = replace(report, sample=pick(report, arguments.sample, arguments.seed))
    FORMATS[arguments.format](report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
