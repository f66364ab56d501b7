"""Reads what is to be built from a project's files: pyproject.toml, and the header of a script (PEP 723).

    read_project -> Project --choose--> Settings

There are Settings for each binary.
"""

from bundler.project.choose import choose
from bundler.project.document import find_project_file, project_folder
from bundler.project.header import read_header
from bundler.project.model import Document, Program, Project
from bundler.project.read import FILES, read_project, read_project_file
from bundler.project.record import record

__all__ = [
    "FILES",
    "Document",
    "Program",
    "Project",
    "choose",
    "find_project_file",
    "project_folder",
    "read_header",
    "read_project",
    "read_project_file",
    "record",
]
