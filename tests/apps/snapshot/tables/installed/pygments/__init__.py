"""As in Pygments, where modules of lexers and formatters take what they are asked for in."""

import types


class Automatic(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        setattr(self, name, f"{self.__name__}.{name}")
        return getattr(self, name)
