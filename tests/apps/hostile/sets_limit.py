"""Sets a limit while it is imported."""

import resource

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
