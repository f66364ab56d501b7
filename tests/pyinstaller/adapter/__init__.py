"""What takes the place of PyInstaller's builder while its tests run. Works in the environment of the tests, where bundler
is not installed: uses pytest and the standard library only.

`plugin.py` is what pytest loads; `fixtures.py` are the fixtures that the tests ask for; `builder.py` builds and runs;
`recipe.py` is the noun between them; `spec.py` holds the names that a spec file uses; `layers.py` makes environments.
"""
