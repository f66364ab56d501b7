/* An extension module whose threads end in the middle of their work. */

#define NAME unwound
#include "../../../link/native/unwound.cpp"
