/* What is compiled for one version of CPython (3.11-3.15) and not for another, behind neutral names. Differences that show in
   an object's attributes are looked for where they are used. */

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
