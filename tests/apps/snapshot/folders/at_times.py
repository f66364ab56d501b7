"""A folder that only some users have."""

import sometimes

print(sometimes.FOLDER, sometimes.Holder.folder)
