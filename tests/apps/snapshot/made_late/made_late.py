"""Shows a variable that one module reads, and another sets later."""

import reads
import sets

print(reads.TERM, sets.TERM)
