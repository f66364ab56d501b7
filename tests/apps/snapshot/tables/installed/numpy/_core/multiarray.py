"""Is told whether there are huge pages."""

asked = []


def _set_madvise_hugepage(answer):
    asked[:] = [answer]
