"""Shows a folder of the user that a module keeps, and its copies."""

import kept

kept.show()
