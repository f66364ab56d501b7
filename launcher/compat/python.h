/* CPython's headers, with the internal ones that the launcher needs. */

#ifndef COMPAT_PYTHON_H
#define COMPAT_PYTHON_H

#define Py_BUILD_CORE 1
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "internal/pycore_code.h"
#include "internal/pycore_frame.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_interp.h" /* func_state, gc */
#include "internal/pycore_object.h"
#include "internal/pycore_runtime.h" /* the main interpreter */

#if PY_VERSION_HEX >= 0x030e0000
#include "internal/pycore_ceval.h" /* _Py_InitializeRecursionLimits */
#include "internal/pycore_interpframe.h"
#endif

#include <string.h>
#include <structmember.h> /* PyMemberDef, before 3.12 */

#endif
