/* Every difference between CPython 3.11-3.15 that the launcher meets, behind neutral names. */

#ifndef COMPAT_H
#define COMPAT_H

#include "compat/code.h"
#include "compat/collector.h"
#include "compat/end.h"
#include "compat/frames.h"
#include "compat/objects.h"
#include "compat/python.h"
#include "compat/start.h"
#include "compat/thread.h"

#endif
