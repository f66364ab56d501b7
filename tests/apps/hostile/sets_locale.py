import locale

NAME = locale.setlocale(locale.LC_ALL, "")
