"""`bundle migrate`: what it makes of files and command lines of other tools."""
