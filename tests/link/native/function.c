/* A library that calls back, and tells the addresses of functions as it sees them. */

#include <string.h>

int apply(int (*function)(int), int value);
const void *address_of_apply(void);
const void *address_of_strlen(void);

int
apply(int (*function)(int), int value)
{
    return function(value);
}

const void *
address_of_apply(void)
{
    return (const void *)apply;
}

const void *
address_of_strlen(void)
{
    return (const void *)strlen;
}
