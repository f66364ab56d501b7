"""A folder of the user that was a key of a dictionary when its module was imported."""

import keys

print(keys.FOUND[keys.Path.home()], keys.HOLDER.folder)
